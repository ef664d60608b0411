using System.Diagnostics;

namespace Billing.Testing;

/// <summary>The PostgreSQL server that the tests of this process share.</summary>
/// <remarks>
/// The server that <c>BILLING_TEST_DATABASE</c> names; else a container, where a Docker engine answers; else a throw-away cluster of the
/// installed binaries, which <c>./billing postgres</c> starts. Test processes that run side by side share that cluster. It is removed after
/// the last of them has ended, also when that one was killed: the script watches the process ids.
/// </remarks>
internal static class TestServer
{
    private static readonly Lazy<Task<string>> Url = new(FindAsync);

    public static Task<string> UrlAsync() => Url.Value;

    private static async Task<string> FindAsync() =>
        Environment.GetEnvironmentVariable("BILLING_TEST_DATABASE") is { Length: > 0 } given
            ? given
            : await TestContainer.StartAsync() ?? await StartClusterAsync();

    private static async Task<string> StartClusterAsync()
    {
        var start = new ProcessStartInfo(Script())
        {
            ArgumentList = { "postgres", "start", "test-postgres", "--throwaway", "--for", $"{Environment.ProcessId}" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        using var script = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
        var output = script.StandardOutput.ReadToEndAsync();
        var errors = script.StandardError.ReadToEndAsync();
        await script.WaitForExitAsync();

        return script.ExitCode == 0
            ? (await output).Trim()
            : throw new InvalidOperationException(
                $"These tests need PostgreSQL, and none could be started. {(await errors).Trim()}");
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
            "These tests need PostgreSQL: set BILLING_TEST_DATABASE to a connection string, or run them inside the checkout "
            + $"(searched upwards from {AppContext.BaseDirectory}).");
    }
}
