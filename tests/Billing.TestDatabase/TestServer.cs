using System.Diagnostics;

namespace Billing.Testing;

/// <summary>The PostgreSQL server that the tests of this process share.</summary>
/// <remarks>
/// <c>./billing postgres</c> does the work. Test processes that run side by side get the same cluster, whoever comes first starts it, and it is
/// stopped and removed when the last of them is gone, also when that one was killed: the script watches the process ids.
/// </remarks>
internal static class TestServer
{
    private static readonly Lazy<Task<string>> Url = new(FindAsync);

    public static Task<string> UrlAsync() => Url.Value;

    private static async Task<string> FindAsync() =>
        Environment.GetEnvironmentVariable("BILLING_TEST_DATABASE") is { Length: > 0 } given ? given : await StartAsync();

    private static async Task<string> StartAsync()
    {
        var start = new ProcessStartInfo(Script())
        {
            ArgumentList = { "postgres", "start", "test-postgres", "--throwaway", "--for", $"{Environment.ProcessId}" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        using var script = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
        var output = script.StandardOutput.ReadToEndAsync();
        var complaint = script.StandardError.ReadToEndAsync();
        await script.WaitForExitAsync();

        return script.ExitCode == 0
            ? (await output).Trim()
            : throw new InvalidOperationException($"These tests need PostgreSQL, and none could be started. {(await complaint).Trim()}");
    }

    private static string Script()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var script = Path.Combine(directory.FullName, "billing");
            if (File.Exists(script) && File.Exists(Path.Combine(directory.FullName, "Billing.sln")))
            {
                return script;
            }
        }

        throw new InvalidOperationException(
            $"These tests need PostgreSQL: set BILLING_TEST_DATABASE to a connection string, or run them inside the checkout (looked upwards from {AppContext.BaseDirectory}).");
    }
}
