using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace Billing.Sandbox.Tests.Worlds;

/// <summary>A sandbox on a port of its own, and a merchant who listens to it.</summary>
public sealed class World : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly HttpClient http;

    private World(WebApplication app, Merchant merchant)
    {
        this.app = app;
        Merchant = merchant;
        http = new HttpClient(
            new SocketsHttpHandler { AllowAutoRedirect = false })
        { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public Merchant Merchant { get; }

    public Uri Address => http.BaseAddress!;

    public static Task<World> StartAsync(params string[] settings) => StartAsync(null, settings);

    /// <param name="settings">As X=value, each one being Sandbox:X.</param>
    public static async Task<World> StartAsync(Merchant? merchant, params string[] settings)
    {
        merchant ??= await Merchant.StartAsync();
        var app = SandboxApp.Build([
            "--urls=http://127.0.0.1:0",
            "--Logging:LogLevel:Default=Error",
            "--Sandbox:Sites:30201:ApiKey=gateway-key-30201",
            $"--Sandbox:Sites:30201:NotificationUrl={merchant.Url}",
            "--Sandbox:Sites:30999:ApiKey=another-key",
            $"--Sandbox:Sites:30999:NotificationUrl={merchant.Url}",
            .. settings.Select(s => "--Sandbox:" + s)]);
        await app.StartAsync();
        return new World(app, merchant);
    }

    /// <summary>A call of the GlobalPay surface.</summary>
    public async Task<Reply> CallAsync(
        HttpMethod method, string path, string? body = null, string credentials = "30201:gateway-key-30201",
        string? requestId = null, int timeoutSeconds = 30)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        if (requestId is not null)
        {
            request.Headers.Add("RequestId", requestId);
        }

        return await SendAsync(request, timeoutSeconds);
    }

    public Task<Reply> PostAsync(string path, string body, string? requestId = null) =>
        CallAsync(HttpMethod.Post, path, body, requestId: requestId);

    public Task<Reply> GetAsync(string path) => CallAsync(HttpMethod.Get, path);

    /// <summary>A lever under /sandbox, or the landing page: without credentials.</summary>
    public async Task<Reply> ToolAsync(
        HttpMethod method, string path, string? body = null, string contentType = "application/json",
        (string Name, string Value)? header = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, contentType);
        if (header is { } given)
        {
            request.Headers.Add(given.Name, given.Value);
        }

        return await SendAsync(request, 30);
    }

    public async Task<int> AnOpenPreapprovalAsync(
        int method = 46, string id = "sub-1", string currency = "null", string country = "BR", long maximum = 0)
    {
        var created = await PostAsync(
            "/v1/preapprovals", A.Preapproval(id, method, currency, country, maximum: maximum));
        Assert.Equal(HttpStatusCode.Created, created.Status);
        var number = created.Json.GetProperty("Preapproval").Int("ID");
        await ToolAsync(HttpMethod.Post, $"/sandbox/preapprovals/{number}/approve");
        return number;
    }

    public Task<Reply> ChargeAsync(
        int preapproval, string id = "t1", string amount = "100", string currency = "BRL", string? requestId = null) =>
        PostAsync("/v1/payments/recurrent", A.Charge(preapproval, id, amount, currency), requestId);

    /// <summary>A charge that was taken; the result is its id.</summary>
    public async Task<int> APaymentAsync(
        int preapproval, string id = "t1", string amount = "100", string currency = "BRL")
    {
        var charged = await ChargeAsync(preapproval, id, amount, currency);
        Assert.Equal(HttpStatusCode.Created, charged.Status);
        return charged.Payment.Int("ID");
    }

    public Task<Reply> RefundAsync(
        int payment, string id = "r1", string amount = "100", string more = "", string? requestId = null) =>
        PostAsync($"/v1/payments/{payment}/refunds", A.Refund(id, amount, more), requestId);

    /// <summary>The status of a payment, as a GET says it.</summary>
    public async Task<(int Id, string Info)> StatusAsync(int payment)
    {
        var status = (await GetAsync($"/v1/payments/{payment}")).Payment.GetProperty("Status");
        return (status.Int("ID"), status.Text("Info")!);
    }

    /// <summary>The notifications delivered so far, as "Refund 2" or "Payment 22", in the order of delivery.</summary>
    public string[] Notified() =>
        [.. Merchant.All.Select(n => JsonDocument.Parse(n.Body).RootElement.EnumerateObject().First())
            .Select(root => $"{root.Name} {root.Value.GetProperty("Status").GetProperty("ID")}")];

    /// <summary>The latest notification of a root, without its root.</summary>
    public JsonElement LastNotified(string root) =>
        Merchant.All.Select(n => JsonDocument.Parse(n.Body).RootElement.EnumerateObject().First())
            .Last(first => first.Name == root).Value;

    public async Task RuleAsync(string rule) =>
        Assert.Equal(HttpStatusCode.Created, (await ToolAsync(HttpMethod.Post, "/sandbox/scenarios", rule)).Status);

    public async Task AdvanceAsync(string duration) =>
        Assert.Equal(
            HttpStatusCode.OK,
            (await ToolAsync(HttpMethod.Post, "/sandbox/clock", $$"""{"advance":"{{duration}}"}""")).Status);

    public async Task<JsonElement> LedgerAsync(string id) =>
        (await ToolAsync(HttpMethod.Get, $"/sandbox/ledger?merchantTransactionId={id}"))
            .Json.GetProperty("charges")
            .EnumerateArray()
            .Single();

    /// <summary>Like <see cref="LedgerAsync"/>, once the call has ended: a caller that gave up may be faster.</summary>
    public async Task<JsonElement> AnsweredLedgerAsync(string id)
    {
        for (var i = 0; i < 2400; i++)
        {
            var charges = (await ToolAsync(HttpMethod.Get, $"/sandbox/ledger?merchantTransactionId={id}"))
                .Json.GetProperty("charges");
            if (charges.EnumerateArray().Any(c => c.GetProperty("answers").GetArrayLength() > 0))
            {
                return charges[0];
            }

            await Task.Delay(25);
        }

        throw new TimeoutException($"{id} was not answered within a minute.");
    }

    public async Task<DateTimeOffset> NowAsync() =>
        (await ToolAsync(HttpMethod.Get, "/sandbox/clock")).Json.GetProperty("now").GetDateTimeOffset();

    public async Task UntilIdleAsync()
    {
        for (var i = 0; i < 2400; i++)
        {
            if ((await ToolAsync(HttpMethod.Get, "/sandbox/idle")).Json.GetProperty("idle").GetBoolean())
            {
                return;
            }

            await Task.Delay(25);
        }

        Assert.Fail("The sandbox did not become idle within a minute.");
    }

    /// <summary>Stops the sandbox and leaves the merchant listening.</summary>
    public async Task StopAsync()
    {
        http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Merchant.DisposeAsync();
    }

    private async Task<Reply> SendAsync(HttpRequestMessage request, int timeoutSeconds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(timeoutSeconds));
        using var response = await http.SendAsync(request, patience.Token);
        return new Reply(
            response.StatusCode, await response.Content.ReadAsStringAsync(patience.Token),
            response.Content.Headers.ContentType?.ToString(), response.Headers.Location,
            response.Headers.RetryAfter?.ToString(),
            response.Headers.TryGetValues("Content-Security-Policy", out var policy) ? policy.Single() : "");
    }
}

public sealed record Reply(
    HttpStatusCode Status, string Text, string? ContentType, Uri? Location, string? RetryAfter, string Policy)
{
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Text);

    public JsonElement Payment => Json.GetProperty(nameof(Payment));

    public JsonElement Refund => Json.GetProperty(nameof(Refund));

    public JsonElement Preapproval => Json.GetProperty(nameof(Preapproval));

    public string Codes =>
        string.Join(
            ' ',
            Json.EnumerateObject().First().Value.GetProperty(nameof(Status)).GetProperty("Reasons").EnumerateArray()
                .Select(r => r.Text("Code")));
}

/// <summary>Example requests.</summary>
public static class A
{
    public static string Preapproval(
        string id = "sub-1", int method = 46, string currency = "null", string country = "BR",
        string description = "1 year subscription", string email = "jdoe@gmail.com", long maximum = 0) =>
        $$$"""
        {"Preapproval":{"MerchantPreapprovalID":"{{{id}}}","Description":"{{{description}}}",
        "ReturnURL":"http://demo.smart2pay.com/redirect.php","MethodID":{{{method}}},
        "Currency":{{{(currency == "null" ? "null" : $"\"{currency}\"")}}},
        "PreapprovedMaximumAmount":{{{maximum.ToString(CultureInfo.InvariantCulture)}}},
        "Customer":{"FirstName":"John","LastName":"Doe","Email":"{{{email}}}"},
        "BillingAddress":{"Street":"Brink","StreetNumber":"27c","ZipCode":"1251","City":"Laren",
        "Country":"{{{country}}}"} }}
        """;

    public static string Refund(string id = "r1", string amount = "100", string more = "") =>
        $$$"""{"Refund":{"MerchantTransactionID":"{{{id}}}","Amount":{{{amount}}}{{{more}}}}}""";

    public static string Charge(int preapproval, string id = "t1", string amount = "100", string currency = "BRL") =>
        $$$"""{"Payment":{"PreapprovalID":{{{preapproval}}},"MerchantTransactionID":"{{{id}}}","Amount":{{{amount}}}"""
        + $$$""","Currency":"{{{currency}}}","Description":"1 year subscription","BillingAddress":"""
        + """{"Country":"BR"} }}""";
}
