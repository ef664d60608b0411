using System.Diagnostics;

namespace Billing.Testing;

/// <summary>The script ./billing of this checkout, which starts and stops PostgreSQL clusters.</summary>
internal static class BillingScript
{
    /// <returns>What the script printed.</returns>
    /// <exception cref="InvalidOperationException">
    /// The script failed, or this is no checkout; the message says what to do.
    /// </exception>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Find(), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        using var script = Process.Start(start)
            ?? throw new InvalidOperationException($"{start.FileName} did not start.");
        var output = script.StandardOutput.ReadToEndAsync();
        var errors = script.StandardError.ReadToEndAsync();
        await script.WaitForExitAsync();

        return script.ExitCode == 0
            ? (await output).Trim()
            : throw new InvalidOperationException(
                $"These tests need PostgreSQL, and none could be started. {(await errors).Trim()}");
    }

    private static string Find()
    {
        var start = new DirectoryInfo(AppContext.BaseDirectory);

        for (var directory = start; directory is not null; directory = directory.Parent)
        {
            var script = Path.Combine(directory.FullName, "billing");
            if (File.Exists(script) && File.Exists(Path.Combine(directory.FullName, "Billing.sln")))
            {
                return script;
            }
        }

        throw new InvalidOperationException(
            "These tests need PostgreSQL: set BILLING_TEST_DATABASE to a connection string, or run them inside the "
            + $"checkout (searched upwards from {AppContext.BaseDirectory}).");
    }
}
