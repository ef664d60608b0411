using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Notifying;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Fuzzing;

/// <summary>
/// Mutated notifications, some with forged credentials: while the gateway does not change, nor do we.
/// </summary>
public class when_notifications_are_mutants
{
    private const int AtOnce = 16;

    // Every event, and every row in which money or a mandate has a state.
    private const string State =
        """
        select (select count(*)::text from mt_events)
            || (select coalesce(string_agg(s.data::text, E'\n' order by s.id), '') from mt_doc_subscription s)
            || (select coalesce(string_agg(p.data::text, E'\n' order by p.id), '') from mt_doc_payment p)
        """;

    [Fact]
    public async Task none_moves_money_or_a_mandate_and_no_answer_is_a_5xx()
    {
        await using var world =
            await World.StartAsync(settings: new Dictionary<string, string?> { ["Notifications:Confirm"] = "all" });
        var (right, mutants) = await SubscribedAsync(world);
        using var other = world.Client("30202", "gateway-key-30202");
        await world.UntilIdle();
        var before = await world.QueryAsync<string>(State);
        var notified = await world.QueryAsync<long>("select count(*) from notifications");
        var (memory, kept) = (0L, 0);

        for (var first = 0; first < Fuzz.OverHttp; first += AtOnce)
        {
            memory =
                first / AtOnce == Fuzz.OverHttp / AtOnce / 5 ? GC.GetTotalMemory(forceFullCollection: true) : memory;
            var reply = await Task.WhenAll(
                Enumerable.Range(first, AtOnce).Select(number => PostAsync(number, world, other, right, mutants)));
            kept += reply.Count(status => status == HttpStatusCode.NoContent);

            // A busy machine takes them in faster than it looks at them.
            if (first / AtOnce % 20 == 19)
            {
                await world.UntilIdle();
            }
        }

        await world.UntilIdle();
        Fuzz.AssertFlat(memory, most: 128 * 1024 * 1024);

        Assert.True(before == await world.QueryAsync<string>(State), Fuzz.Case(-1, "Something moved."));

        // Enough was taken in for it to have mattered, and all of it was looked at.
        Assert.InRange(kept, Fuzz.OverHttp / 10, Fuzz.OverHttp);
        var rows = await world.QueryAsync<long>("select count(*) from notifications") - notified;
        Assert.True(
            rows >= kept,
            $"{kept} were acknowledged and {rows} are there: more only where the gateway repeated a notification.");
        Assert.Equal(
            0,
            await world.QueryAsync<long>(
                "select count(*) from notifications where status in ('received', 'unreadable')"));
        Assert.Equal(0, await world.QueryAsync<long>("select count(*) from dead_letters"));
    }

    private static async Task<HttpStatusCode> PostAsync(
        int number, World world, HttpClient other, byte[][] right, Mutants mutants)
    {
        var random = Fuzz.At(number);
        var body = mutants.Of(right[random.Next(right.Length)], random);
        var (client, isForged) = random.Next(12) switch
        {
            0 => (world.Storefront, true),
            1 => (world.Anonymous, true),
            2 => (other, false),
            _ => (world.Gateway, false),
        };
        using var request =
            new HttpRequestMessage(HttpMethod.Post, "v1/notifications") { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation(
            "Content-Type",
            random.Next(3) switch { 0 => "text/plain", 1 => "application/json; charset=utf-8", _ => "nonsense" });

        if (random.Next(20) == 0)
        {
            (isForged, request.Headers.Authorization) = (true, new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(mutants.Of("30201:gateway-key-30202"u8.ToArray(), random))));
        }

        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        var (status, what) = (
            answer.StatusCode,
            Fuzz.Case(number, $"{(int)answer.StatusCode} {text} for {Encoding.UTF8.GetString(body)}"));

        Assert.True(
            status == HttpStatusCode.Unauthorized
            || (!isForged && status is HttpStatusCode.NoContent or HttpStatusCode.BadRequest),
            what);
        Assert.True(isForged == (status == HttpStatusCode.Unauthorized), what);
        Assert.False(
            text.Contains("   at ", StringComparison.Ordinal) || text.Contains("Exception", StringComparison.Ordinal),
            what);

        return status;
    }

    // Mandates: pending, open, closed. Charges: paid and partly refunded, failed, pending.
    private static async Task<(byte[][] Right, Mutants Mutants)> SubscribedAsync(World world)
    {
        var (waiting, open, closed) =
            (await Subscriber.Pending(world), await Subscriber.Open(world), await Subscriber.Open(world));
        await world.Sandbox.CloseAsCustomerAsync(closed.GatewayId);
        await world.Sandbox.MisbehaveAsync(
            new JsonObject { ["operation"] = "charge", ["action"] = "decline", ["merchantTransactionId"] = "failed" });
        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "charge",
            ["action"] = "pending_then_success",
            ["merchantTransactionId"] = "pending",
            ["afterDays"] = 4000,
        });
        var right = new List<JsonNode>();
        var ids = new List<string>
        {
            $"{waiting.GatewayId}", $"{open.GatewayId}", $"{closed.GatewayId}", waiting.MerchantPreapprovalId,
            open.MerchantPreapprovalId, "30202",
            "unheard-of"
        };

        foreach (var name in (string[])["paid", "failed", "pending"])
        {
            var (_, body) = await open.Charge(name);
            var id = (int)body["Payment"]!["ID"]!;
            ids.AddRange([name, $"{id}"]);
            right.AddRange(new[] { 2, 4, 16, 19, 22, 26 }.Select(
                status => Notified.Payment(name, status, id, preapprovalId: open.GatewayId)));
        }

        var paid = int.Parse(ids[8], CultureInfo.InvariantCulture);
        var refunded = await world.Storefront.PostBodyAsync(
            $"v1/payments/{paid}/refunds",
            new JsonObject { ["Refund"] = new JsonObject { ["MerchantTransactionID"] = "back", ["Amount"] = 40 } });
        Assert.True(refunded.Status == HttpStatusCode.Created, refunded.Text);
        await world.UntilIdle();
        right.AddRange(new[] { 1, 2, 4 }.SelectMany(status => (JsonNode[])
        [
            Notification("Refund", (int)refunded.Json["Refund"]!["ID"]!, "InitialPaymentID", paid, "40", status),
            Notification("Refund", 900_001, "InitialPaymentID", paid, "40", status),
            Notification("Dispute", 900_002, "PaymentID", paid, "100", status),
        ]));
        right.AddRange(new[] { waiting, open, closed }.SelectMany(
            it => new[] { 1, 2, 4 }.Select(status => Notified.Mandate(it, status))));

        return ([.. right.Select(it => Encoding.UTF8.GetBytes(it.ToJsonString()))], new Mutants([.. ids]));
    }

    private static JsonObject Notification(
        string root, int id, string payment, int paymentId, string amount, int status) =>
        new()
        {
            [root] = new JsonObject
            {
                ["ID"] = id, ["SiteID"] = 30201, ["MerchantTransactionID"] = "back", [payment] = paymentId,
                ["Amount"] = amount, ["Currency"] = "BRL",
                ["Status"] = new JsonObject { ["ID"] = status, ["Info"] = null, ["Reasons"] = null },
            },
        };
}
