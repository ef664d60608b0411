using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Billing.Api.Tests.Specs;

/// <summary>The gateway simulator, in its own process: the other side, and the witness.</summary>
public sealed class Sandbox : IAsyncDisposable
{
    private readonly RunningProgram program;

    private Sandbox(RunningProgram program, Uri address) =>
        (this.program, Http) = (program, new HttpClient { BaseAddress = address });

    public HttpClient Http { get; }

    public Uri Address => Http.BaseAddress!;

    /// <param name="apiPort">Where it notifies the merchant.</param>
    /// <param name="extra">More settings, such as Sandbox__Dedupe=off.</param>
    /// <param name="at">The address of an earlier one that is started again.</param>
    public static async Task<Sandbox> StartAsync(
        int apiPort, IReadOnlyDictionary<string, string?>? extra = null, Uri? at = null)
    {
        var address = at ?? new Uri($"http://127.0.0.1:{LocalMachine.FreePort()}/");
        var environment = new Dictionary<string, string?>
        {
            ["Sandbox__Sites__30201__ApiKey"] = "gateway-key-30201",
            ["Sandbox__Sites__30201__NotificationUrl"] = $"http://127.0.0.1:{apiPort}/v1/notifications",
        };

        foreach (var (name, value) in extra ?? new Dictionary<string, string?>())
        {
            environment[name] = value;
        }

        var sandbox = new Sandbox(
            RunningProgram.Start("Billing.Sandbox", ["--urls", address.ToString()], environment), address);
        await sandbox.program.UntilReadyAsync(new Uri(address, "health/live"));

        return sandbox;
    }

    public async Task<DateTimeOffset> NowAsync() => (DateTimeOffset)(await GetAsync("sandbox/clock"))["now"]!;

    public Task MoveToAsync(DateTimeOffset now) =>
        PostAsync("sandbox/clock", new JsonObject { ["now"] = now.ToString("O") });

    /// <param name="duration">ISO 8601, for example P1M.</param>
    public Task AdvanceAsync(string duration) => PostAsync("sandbox/clock", new JsonObject { ["advance"] = duration });

    public Task ApproveAsync(int preapprovalId) => PostAsync($"sandbox/preapprovals/{preapprovalId}/approve", null);

    public Task CloseAsCustomerAsync(int preapprovalId) =>
        PostAsync($"sandbox/preapprovals/{preapprovalId}/close", null);

    /// <summary>Adds one scenario rule, for example {"operation":"charge","action":"decline","times":1}.</summary>
    public Task MisbehaveAsync(JsonObject rule) => PostAsync("sandbox/scenarios", rule);

    public Task BehaveAsync() => Http.DeleteAsync("sandbox/scenarios");

    /// <summary>The ledger entry of one MerchantTransactionID; null when the gateway never received it.</summary>
    public async Task<JsonNode?> LedgerAsync(string merchantTransactionId) =>
        (await GetAsync($"sandbox/ledger?merchantTransactionId={merchantTransactionId}"))["charges"]!.AsArray()
            .FirstOrDefault();

    public async Task<JsonArray> LedgerAsync() => (await GetAsync("sandbox/ledger"))["charges"]!.AsArray();

    public async Task<JsonNode> GetAsync(string path) => (await Http.GetFromJsonAsync<JsonNode>(path))!;

    public async Task<JsonNode?> PostAsync(string path, JsonNode? body)
    {
        using var answer = await Http.PostAsJsonAsync(path, body ?? new JsonObject());
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");

        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    public async Task PutAsync(string path, JsonNode body)
    {
        using var answer = await Http.PutAsJsonAsync(path, body);
        Assert.True(
            answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => program.KillAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await program.DisposeAsync();
    }
}
