extern alias simulator;

using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;

namespace Billing.Api.Tests.Specs;

/// <summary>The gateway simulator: the other side, and the witness. It is reached over HTTP only.</summary>
/// <remarks>
/// One that keeps its state in a file is a process of its own, which a test may kill. The others are hosted by the test
/// process: starting 60 processes would take a tenth of the time of all tests.
/// </remarks>
public sealed class Sandbox : IAsyncDisposable
{
    private const string StatePath = "Sandbox__StatePath";

    private readonly RunningProgram? program;
    private readonly WebApplication? hosted;

    private Sandbox(Uri address, RunningProgram? program, WebApplication? hosted)
    {
        (this.program, this.hosted) = (program, hosted);
        Http = new HttpClient { BaseAddress = address };
    }

    public HttpClient Http { get; }

    public Uri Address => Http.BaseAddress!;

    /// <param name="apiPort">Where it notifies the merchant.</param>
    /// <param name="extra">More settings, such as Sandbox__Dedupe=off.</param>
    /// <param name="at">The address of an earlier one that is started again.</param>
    public static async Task<Sandbox> StartAsync(
        int apiPort, IReadOnlyDictionary<string, string?>? extra = null, Uri? at = null)
    {
        var address = at ?? new Uri($"http://127.0.0.1:{LocalMachine.FreePort()}/");
        var settings = new Dictionary<string, string?>
        {
            ["Sandbox__Sites__30201__ApiKey"] = "gateway-key-30201",
            ["Sandbox__Sites__30201__NotificationUrl"] = $"http://127.0.0.1:{apiPort}/v1/notifications",
        };

        foreach (var (name, value) in extra ?? new Dictionary<string, string?>())
        {
            settings[name] = value;
        }

        return settings.ContainsKey(StatePath)
            ? new Sandbox(address, await StartProcessAsync(address, settings), null)
            : new Sandbox(address, null, await HostAsync(address, settings));
    }

    private static async Task<RunningProgram> StartProcessAsync(Uri address, Dictionary<string, string?> settings)
    {
        var program = RunningProgram.Start("Billing.Sandbox", ["--urls", address.ToString()], settings);
        await program.UntilReadyAsync(new Uri(address, "health/live"));

        return program;
    }

    private static async Task<WebApplication> HostAsync(Uri address, Dictionary<string, string?> settings)
    {
        var app = simulator::Billing.Sandbox.SandboxApp.Build([
            $"--urls={address}", "--Logging:LogLevel:Default=Error",
            .. settings.Select(setting => $"--{setting.Key.Replace("__", ":")}={setting.Value}")]);
        await app.StartAsync();

        return app;
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
    /// <exception cref="InvalidOperationException">It is not a process of its own.</exception>
    public Task KillAsync() => program?.KillAsync()
        ?? throw new InvalidOperationException($"Only a sandbox with {StatePath} is a process of its own.");

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();

        if (program is not null)
        {
            await program.DisposeAsync();
        }

        if (hosted is not null)
        {
            await hosted.StopAsync();
            await hosted.DisposeAsync();
        }
    }
}
