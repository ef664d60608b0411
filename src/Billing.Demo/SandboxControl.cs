using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Billing.Demo;

/// <summary>The levers of the simulated gateway, and what it has to testify.</summary>
internal sealed class SandboxControl(HttpClient sandbox)
{
    private const int Site = 30201;

    private static readonly AuthenticationHeaderValue Credentials = Calls.Basic($"{Site}", "gateway-key-30201");
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <summary>Whatever it wants to look at, the customer's landing page included.</summary>
    public HttpClient Browser => sandbox;

    public async Task<DateTimeOffset> NowAsync() => (await ClockAsync()).GetProperty("now").GetDateTimeOffset();

    public Task MoveClockAsync(DateTimeOffset to) =>
        sandbox.SendAsync(HttpMethod.Post, "sandbox/clock", new JsonObject { ["now"] = to.ToString("O") })
            .Expect(HttpStatusCode.OK, "POST /sandbox/clock");

    public Task ForgetScenariosAsync() =>
        sandbox.SendAsync(HttpMethod.Delete, "sandbox/scenarios")
            .Expect(HttpStatusCode.NoContent, "DELETE /sandbox/scenarios");

    /// <summary>
    /// Sets how the gateway treats the next <paramref name="times"/> calls of this kind for this preapproval.
    /// </summary>
    /// <param name="code">The gateway's return code where it declines; 119: customer balance is insufficient.</param>
    /// <param name="delayMs">Real milliseconds that an answer is held back, if the action waits.</param>
    public Task MisbehaveAsync(
        string operation, string merchantPreapprovalId, string action, int times = 1, int? code = null,
        int? delayMs = null)
    {
        var rule = new JsonObject
        {
            ["operation"] = operation, ["merchantPreapprovalId"] = merchantPreapprovalId, ["action"] = action,
            ["times"] = times, ["code"] = code, ["delayMs"] = delayMs,
        };

        return sandbox.SendAsync(HttpMethod.Post, "sandbox/scenarios", rule)
            .Expect(HttpStatusCode.Created, "POST /sandbox/scenarios");
    }

    /// <summary>The customer revokes the mandate at the bank; the gateway notifies.</summary>
    public Task RevokeAsync(int preapprovalId) =>
        sandbox.SendAsync(HttpMethod.Post, $"sandbox/preapprovals/{preapprovalId}/close")
            .Expect(HttpStatusCode.OK, "Revoking the mandate");

    /// <summary>The customer disputes a payment at the bank; the gateway notifies.</summary>
    public Task DisputeAsync(int paymentId) =>
        sandbox.SendAsync(HttpMethod.Post, $"sandbox/payments/{paymentId}/dispute")
            .Expect(HttpStatusCode.OK, "Disputing a payment");

    /// <summary>The bank takes the money back for the customer; the gateway notifies.</summary>
    public Task ChargeBackAsync(int paymentId) =>
        sandbox.SendAsync(HttpMethod.Post, $"sandbox/payments/{paymentId}/chargeback")
            .Expect(HttpStatusCode.OK, "Charging a payment back");

    /// <summary>The gateway shows its merchant's own SiteID for a preapproval from now on.</summary>
    public async Task CorrectSiteAsync(int preapprovalId)
    {
        var reply = await sandbox.SendAsync(HttpMethod.Get, $"v1/preapprovals/{preapprovalId}", null, Credentials)
            .Expect(HttpStatusCode.OK, "Asking the gateway for a preapproval");
        var corrected = JsonNode.Parse(reply.Body)!["Preapproval"]!.DeepClone();
        corrected["SiteID"] = Site;
        await sandbox.SendAsync(
            HttpMethod.Post, "sandbox/fixtures", new JsonObject { ["Preapprovals"] = new JsonArray(corrected) })
            .Expect(HttpStatusCode.Created, "POST /sandbox/fixtures");
    }

    /// <summary>Every charge request that the gateway received, also repeated ones.</summary>
    public async Task<IReadOnlyList<LedgerEntry>> LedgerAsync()
    {
        var reply = await sandbox.SendAsync(HttpMethod.Get, "sandbox/ledger")
            .Expect(HttpStatusCode.OK, "GET /sandbox/ledger");

        return reply.Json.GetProperty("charges").Deserialize<LedgerEntry[]>(Web)!;
    }

    /// <summary>
    /// When our API acknowledged the first notification about this preapproval, in business time; null: never.
    /// </summary>
    /// <remarks>The sandbox notes real time, which differs by the offset with which its clock started.</remarks>
    public async Task<DateTimeOffset?> AcknowledgedAtAsync(int preapprovalId)
    {
        var offset = TimeSpan.FromSeconds((await ClockAsync()).GetProperty("offsetSeconds").GetDouble());
        var reply = await sandbox.SendAsync(HttpMethod.Get, "sandbox/notifications")
            .Expect(HttpStatusCode.OK, "GET /sandbox/notifications");
        var attempts = reply.Json.GetProperty("notifications").EnumerateArray()
            .Where(notification => notification.GetProperty("kind").GetString() == "Preapproval"
                && notification.GetProperty("objectId").GetInt32() == preapprovalId)
            .SelectMany(notification => notification.GetProperty("attempts").EnumerateArray())
            .Where(attempt => attempt.GetProperty("answer").GetString() == "204")
            .Select(attempt => attempt.GetProperty("at").GetDateTimeOffset() + offset);

        return attempts.Cast<DateTimeOffset?>().Min();
    }

    /// <summary>The gateway's status of a preapproval, asked directly: 1 pending, 2 open, 4 closed.</summary>
    public async Task<int> StatusOfAsync(int preapprovalId)
    {
        var reply = await sandbox.SendAsync(HttpMethod.Get, $"v1/preapprovals/{preapprovalId}", null, Credentials)
            .Expect(HttpStatusCode.OK, "Asking the gateway for a preapproval");

        return reply.Json.GetProperty("Preapproval").GetProperty("Status").GetProperty("ID").GetInt32();
    }

    private async Task<JsonElement> ClockAsync() =>
        (await sandbox.SendAsync(HttpMethod.Get, "sandbox/clock").Expect(HttpStatusCode.OK, "GET /sandbox/clock")).Json;
}

/// <param name="WentBack">Hundredths that left the merchant again.</param>
/// <param name="Amount">Hundredths of the currency, as they came over the wire.</param>
internal sealed record LedgerEntry(
    string MerchantTransactionId, int Received, int Lookups, int Captured, long WentBack, int? PreapprovalId,
    long? Amount, string? Currency);
