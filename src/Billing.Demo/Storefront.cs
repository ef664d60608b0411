using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Billing.Demo;

/// <summary>The merchant's shop: GlobalPay's own calls on our API, and ours beside them.</summary>
internal sealed class Storefront(HttpClient api)
{
    private static readonly AuthenticationHeaderValue Credentials = Calls.Basic("30201", "storefront-key-30201");
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    public async Task<JsonElement> SubscribeAsync(JsonNode body) =>
        Preapproval(await Send(HttpMethod.Post, "v1/preapprovals", body)
            .Expect(HttpStatusCode.Created, "POST /v1/preapprovals"));

    public async Task<JsonElement> ReadAsync(int id) => Preapproval(
        await Send(HttpMethod.Get, $"v1/preapprovals/{id}").Expect(HttpStatusCode.OK, $"GET /v1/preapprovals/{id}"));

    public async Task<JsonElement> ChangeAsync(int id, JsonNode body) =>
        Preapproval(await Send(HttpMethod.Patch, $"v1/preapprovals/{id}", body)
            .Expect(HttpStatusCode.Created, $"PATCH /v1/preapprovals/{id}"));

    public async Task<JsonElement> CloseAsync(int id) =>
        Preapproval(await Send(HttpMethod.Delete, $"v1/preapprovals/{id}")
            .Expect(HttpStatusCode.OK, $"DELETE /v1/preapprovals/{id}"));

    public Task<Reply> ChargeAsGlobalPayDoesAsync(JsonNode body) =>
        Send(HttpMethod.Post, "v1/payments/recurrent", body);

    public async Task<Subscription?> FindAsync(string merchantPreapprovalId) =>
        (await GetAsync<SubscriptionPage>(
            $"v1/subscriptions?merchantPreapprovalId={Uri.EscapeDataString(merchantPreapprovalId)}"))
            .Subscriptions.SingleOrDefault();

    public Task<Subscription> SubscriptionAsync(Guid id) => GetAsync<Subscription>($"v1/subscriptions/{id}");

    public Task<IReadOnlyList<Payment>> PaymentsAsync(Guid id) =>
        AllAsync<PaymentPage, Payment>($"v1/subscriptions/{id}/payments", page => (page.Payments, page.Next));

    public Task<IReadOnlyList<Event>> EventsAsync(Guid id) =>
        AllAsync<EventPage, Event>($"v1/subscriptions/{id}/events", page => (page.Events, page.Next));

    public async Task<IReadOnlyList<Subscription>> SearchAsync(string email)
    {
        var reply = await Send(HttpMethod.Post, "v1/subscriptions/search", new JsonObject { ["email"] = email })
            .Expect(HttpStatusCode.OK, "POST /v1/subscriptions/search");

        return JsonSerializer.Deserialize<SubscriptionPage>(reply.Body, Web)!.Subscriptions;
    }

    public Task<Explanation> ExplainAsync(Guid id, DateOnly date) =>
        GetAsync<Explanation>($"v1/subscriptions/{id}/explain?date={date:O}");

    public Task SkipAsync(Guid id, DateOnly dueOn) =>
        Send(HttpMethod.Post, $"v1/subscriptions/{id}/skip", new JsonObject { ["dueOn"] = $"{dueOn:O}" })
            .Expect(HttpStatusCode.OK, "skip");

    /// <param name="paymentId">The gateway's.</param>
    public Task RefundAsync(int paymentId, string merchantTransactionId, Money amount)
    {
        var refund = new JsonObject
        {
            ["MerchantTransactionID"] = merchantTransactionId, ["Amount"] = amount.Hundredths,
        };

        return Send(HttpMethod.Post, $"v1/payments/{paymentId}/refunds", new JsonObject { ["Refund"] = refund })
            .Expect(HttpStatusCode.Created, $"POST /v1/payments/{paymentId}/refunds");
    }

    public Task PauseAsync(Guid id) =>
        Send(HttpMethod.Post, $"v1/subscriptions/{id}/pause").Expect(HttpStatusCode.OK, "pause");

    public Task ResumeAsync(Guid id) =>
        Send(HttpMethod.Post, $"v1/subscriptions/{id}/resume").Expect(HttpStatusCode.OK, "resume");

    public async Task<Payment> ChargeAsync(Guid id, string merchantTransactionId, Money amount, string description)
    {
        var body = new JsonObject
        {
            ["merchantTransactionId"] = merchantTransactionId,
            ["amountMinor"] = amount.Minor,
            ["currency"] = amount.Currency,
            ["description"] = description,
        };
        var reply = await Send(HttpMethod.Post, $"v1/subscriptions/{id}/charges", body)
            .Expect(HttpStatusCode.Created, "charge now");

        return JsonSerializer.Deserialize<Payment>(reply.Body, Web)!;
    }

    private async Task<IReadOnlyList<T>> AllAsync<TPage, T>(
        string path, Func<TPage, (IReadOnlyList<T> Rows, string? Next)> read)
    {
        var (rows, next) = read(await GetAsync<TPage>(path));
        var all = rows.ToList();

        while (next is not null)
        {
            (rows, next) = read(await GetAsync<TPage>($"{path}?after={next}"));
            all.AddRange(rows);
        }

        return all;
    }

    private async Task<T> GetAsync<T>(string path) => JsonSerializer.Deserialize<T>(
        (await Send(HttpMethod.Get, path).Expect(HttpStatusCode.OK, $"GET /{path}")).Body, Web)!;

    private Task<Reply> Send(HttpMethod method, string path, JsonNode? body = null)
    {
        if (method != HttpMethod.Get)
        {
            Print.Detail($"{method} /{path} {body?.ToJsonString()}".TrimEnd());
        }

        return api.SendAsync(method, path, body, Credentials);
    }

    private static JsonElement Preapproval(Reply reply) => reply.Json.GetProperty("Preapproval");
}
