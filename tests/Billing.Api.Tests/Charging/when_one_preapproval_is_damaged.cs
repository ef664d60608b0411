using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Notifications;
using Billing.Api.Tests.Notifying;
using Billing.Api.Tests.Specs;
using Billing.Api.Tests.Subscriptions;

namespace Billing.Api.Tests.Charging;

/// <summary>A row that cannot be read concerns its own preapproval and no other.</summary>
public class when_one_preapproval_is_damaged(when_one_preapproval_is_damaged.Roomy shared)
    : IClassFixture<when_one_preapproval_is_damaged.Roomy>
{
    private readonly World world = shared.World;

    [Theory]
    [InlineData(
        "update mt_doc_subscription set data = jsonb_set(data, '{Terms}', '5') where id = $1 returning 1",
        "update mt_doc_subscription set data = $2::jsonb where id = $1 returning 1")]
    [InlineData(
        "update mt_streams set version = version - 1 where id = $1 returning 1",
        "update mt_streams set version = version + 1 where id = $1 and $2::jsonb is not null returning 1")]
    public async Task the_others_of_its_page_are_charged_and_it_is_charged_once_it_is_repaired(
        string damage, string repair)
    {
        var dueOn = (await world.Sandbox.NowAsync()).AddDays(10);
        var subscribers = new Subscriber[5];

        for (var i = 0; i < subscribers.Length; i++)
        {
            subscribers[i] = await Subscriber.Open(world, Subscriber.Schedule(firstDueOn: $"{dueOn:yyyy-MM-dd}"));
        }

        var damaged = subscribers[2];
        var whole = await world.QueryAsync<string>(
            "select data::text from mt_doc_subscription where id = $1", damaged.Id);
        Assert.Equal(1, await world.QueryAsync<int>(damage, damaged.Id));

        await world.Sandbox.AdvanceAsync("P11D");

        foreach (var healthy in subscribers.Where(one => one != damaged))
        {
            await Subscribers.Until(async () => (await healthy.Statuses()).SequenceEqual(["charged"]));
        }

        Assert.Null(await world.Sandbox.LedgerAsync(damaged.ChargeId($"{dueOn:yyMMdd}")));

        Assert.Equal(1, await world.QueryAsync<int>(repair, damaged.Id, whole!));
        await world.StopServiceAsync();
        await world.StartServiceAsync(Roomy.Own);
        await Subscribers.Until(async () => (await damaged.Statuses()).SequenceEqual(["charged"]));
        await Witness.OneTruthAsync(world, subscribers);
    }

    [Fact]
    public async Task a_damaged_data_key_hides_its_persons_values_and_breaks_no_list_and_no_group()
    {
        var (damaged, healthy) = (await Subscriber.Open(world), await Subscriber.Pending(world));
        await world.QueryAsync<int>(
            "update mt_doc_datakey set data = jsonb_set(data, '{Wrapped}', '\"AAAA\"') where id = $1 returning 1",
            damaged.Id);

        var list = (await world.Storefront.ReadAsync("v1/preapprovals?limit=100")).Json["Preapprovals"]!.AsArray();

        Assert.Null(Assert.Single(list, row => (int)row!["ID"]! == damaged.GatewayId)!["ReturnURL"]);
        Assert.NotNull(Assert.Single(list, row => (int)row!["ID"]! == healthy.GatewayId)!["ReturnURL"]);

        // Both notifications are applied, if need be in one group.
        await world.Sandbox.CloseAsCustomerAsync(damaged.GatewayId);
        await world.Sandbox.ApproveAsync(healthy.GatewayId);
        await Subscribers.Until(async () => (string)(await damaged.View())["status"]! == "closed");
        await Subscribers.Until(async () => (string)(await healthy.View())["status"]! == "open");
        await Subscribers.Until(async () => 0 == await world.QueryAsync<long>(
            "select count(*) from notifications where status = $1", Notification.Received));
    }

    [Fact]
    public async Task its_row_breaks_no_list_and_its_own_call_is_500_with_the_id_of_the_request()
    {
        var (older, damaged, newer) = (await OpenAsync(), await OpenAsync(), await OpenAsync());

        await WhileDamagedAsync("mt_doc_subscription", "Terms", "id = $1", damaged.Id, async () =>
        {
            await IsErrorAsync($"v1/subscriptions/{damaged.Id}", "detail");

            var walked = await WalkAsync("v1/subscriptions?limit=1", "subscriptions", "id");
            Assert.Equal([$"{newer.Id}", $"{older.Id}"], walked.Take(2));
            Assert.DoesNotContain($"{damaged.Id}", walked);

            var search = new JsonObject { ["email"] = "jdoe@example.com" };
            var found = await world.Storefront.PostBodyAsync("v1/subscriptions/search", search);
            Assert.Contains($"{newer.Id}", found.Text, StringComparison.Ordinal);
            Assert.DoesNotContain($"{damaged.Id}", found.Text, StringComparison.Ordinal);

            var shown = (await RowsAsync()).Take(2).Select(row => (int)row["ID"]!);
            Assert.Equal([newer.GatewayId, older.GatewayId], shown);
        });
    }

    [Fact]
    public async Task an_event_that_cannot_be_read_hides_what_it_holds_and_breaks_no_list()
    {
        var (damaged, newer) = (await OpenAsync(), await OpenAsync());

        await WhileDamagedAsync(
            "mt_events", "HappenedAt", "stream_id = $1 and version = 1", damaged.Id, async () =>
            {
                var rows = (await RowsAsync()).Take(2).ToArray();

                Assert.Equal([newer.GatewayId, damaged.GatewayId], rows.Select(row => (int)row["ID"]!));
                Assert.NotNull(rows[0]["ReturnURL"]);
                Assert.Null(rows[1]["ReturnURL"]);
                await IsErrorAsync($"v1/preapprovals/{damaged.GatewayId}", "Message");
            });
    }

    [Fact]
    public async Task the_row_of_one_payment_breaks_no_list_either()
    {
        var subscriber = await OpenAsync();
        string[] ids = [.. Enumerable.Range(1, 4).Select(n => $"row-{subscriber.GatewayId}-{n}")];

        foreach (var id in ids)
        {
            Assert.Equal(HttpStatusCode.Created, (await subscriber.Charge(id)).Status);
        }

        var (payment, whole) = ((await subscriber.Payments())[1]["gatewayPaymentId"], ids.Where((_, at) => at != 1));

        await WhileDamagedAsync("mt_doc_payment", "Charge", "id = $1", ids[1], async () =>
        {
            await IsErrorAsync($"v1/payments/{payment}", "Message");

            var list = $"v1/subscriptions/{subscriber.Id}/payments?limit=1";
            Assert.Equal(whole, await WalkAsync(list, "payments", "merchantTransactionId"));
            var ofOne = $"v1/preapprovals/{subscriber.GatewayId}/payments";

            foreach (var path in (string[])[ofOne, "v1/payments?pageSize=4"])
            {
                var rows = (await world.Storefront.ReadAsync(path)).Json["Payments"]!.AsArray();
                Assert.Equal(whole.Reverse(), rows.Select(row => (string)row!["MerchantTransactionID"]!));
            }
        });
    }

    private Task<Subscriber> OpenAsync() => Subscriber.Open(world);

    private async Task WhileDamagedAsync(string table, string part, string where, object id, Func<Task> look)
    {
        var whole = await world.QueryAsync<string>($"select data::text from {table} where {where}", id);
        var damage = $"update {table} set data = jsonb_set(data, '{{{part}}}', '5') where {where} returning 1";
        Assert.Equal(1, await world.QueryAsync<int>(damage, id));

        try
        {
            await look();
        }
        finally
        {
            var repair = $"update {table} set data = $2::jsonb where {where} returning 1";
            await world.QueryAsync<int>(repair, id, whole!);
        }
    }

    private async Task IsErrorAsync(string path, string sentence)
    {
        using var answer = await world.Storefront.GetAsync(path);
        var text = await answer.Content.ReadAsStringAsync();
        var requestId = Assert.Single(answer.Headers.GetValues("X-Request-Id"));

        Assert.True(answer.StatusCode is HttpStatusCode.InternalServerError, text);
        Assert.Contains(requestId, (string)JsonNode.Parse(text)![sentence]!, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.True(answer.Headers.CacheControl?.NoStore);

        if (sentence is "detail")
        {
            await answer.IsProblem(HttpStatusCode.InternalServerError, "internal_error");
            Assert.Equal(requestId, (string?)JsonNode.Parse(text)!["requestId"]);
        }
    }

    private async Task<List<string>> WalkAsync(string path, string list, string key)
    {
        var (found, next) = (new List<string>(), "");

        do
        {
            var page = await world.Storefront.ReadAsync($"{path}{next}");
            Assert.True(page.Status is HttpStatusCode.OK, page.Text);
            found.AddRange(page.Json[list]!.AsArray().Select(row => $"{row![key]}"));
            next = page.Json["next"] is { } after ? $"&after={after}" : "";
        }
        while (next != "");

        return found;
    }

    private async Task<JsonNode[]> RowsAsync()
    {
        var list = await world.Storefront.ReadAsync("v1/preapprovals?limit=100");
        Assert.True(list.Status is HttpStatusCode.OK, list.Text);

        return [.. list.Json["Preapprovals"]!.AsArray().OfType<JsonNode>()];
    }

    /// <summary>A whole page fits into the free calls.</summary>
    public sealed class Roomy : SharedWorld
    {
        public static readonly Dictionary<string, string?> Own = new()
        {
            ["Gateway__TimeoutSeconds"] = "8", ["Charging__SendWindowSeconds"] = "5",
            ["Charging__AnswerWithinSeconds"] = "25",
            ["Charging__MaxInFlight"] = "64",
        };

        protected override Dictionary<string, string?> Settings => Own;
    }
}
