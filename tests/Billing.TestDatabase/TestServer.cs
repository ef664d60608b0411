namespace Billing.Testing;

/// <summary>The PostgreSQL server that the tests of this process share.</summary>
/// <remarks>
/// The server that <c>BILLING_TEST_DATABASE</c> names; else a container, where a Docker engine answers; else a
/// throw-away cluster of the installed binaries, which <c>./billing postgres</c> starts. Test processes that run side
/// by side share that cluster. It is removed after the last of them has ended, also when that one was killed: the
/// script watches the process ids.
/// </remarks>
internal static class TestServer
{
    private static readonly Lazy<Task<string>> Url = new(FindAsync);

    public static Task<string> UrlAsync() => Url.Value;

    private static async Task<string> FindAsync() =>
        Environment.GetEnvironmentVariable("BILLING_TEST_DATABASE") is { Length: > 0 } given
            ? given
            : await TestContainer.StartAsync() ?? await StartClusterAsync();

    private static Task<string> StartClusterAsync() => BillingScript.RunAsync(
        "postgres", "start", "test-postgres", "--throwaway", "--for", $"{Environment.ProcessId}");
}
