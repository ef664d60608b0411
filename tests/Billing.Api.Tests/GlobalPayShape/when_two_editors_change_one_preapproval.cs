using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Notifying;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.GlobalPayShape;

[Collection(GlobalPayCollection.Name)]
public class when_two_editors_change_one_preapproval(OneWorld shared)
{
    private const string Sentence = "Read it again, apply your change to what you read";
    private readonly World world = shared.World;

    [Fact]
    public async Task the_second_one_is_refused_and_changes_what_it_reads_again()
    {
        var subscriber = await OpenAsync();
        var (one, two) = (await ReadAsync(subscriber), await ReadAsync(subscriber));

        var priced = await ChangeAsync(subscriber, Edited(one, "Schedule.AmountMinor", 5990), one.ETag);
        var refused = await ChangeAsync(subscriber, Edited(two, "Customer.Phone", "0765269999"), two.ETag);

        Assert.Equal(HttpStatusCode.Created, priced.Status);
        refused.AssertRefused(HttpStatusCode.PreconditionFailed, "Preapproval", "2");
        Assert.Contains(Sentence, refused.Text);
        var again = await ReadAsync(subscriber);
        Assert.Equal((5990, "0765260000"), (PriceOf(again), PhoneOf(again)));
        Assert.Equal(again.ETag, priced.ETag);

        var changed = await ChangeAsync(subscriber, Edited(again, "Customer.Phone", "0765269999"), again.ETag);

        Assert.Equal(HttpStatusCode.Created, changed.Status);
        Assert.Equal((5990, "0765269999"), (PriceOf(changed), PhoneOf(changed)));
    }

    [Fact]
    public async Task one_of_those_who_change_one_version_at_once_wins()
    {
        var subscriber = await OpenAsync();
        var read = await ReadAsync(subscriber);

        var reply = await Task.WhenAll(Enumerable.Range(0, 5).Select(n =>
            ChangeAsync(subscriber, Edited(read, "Description", $"edited by {n}"), read.ETag)));

        var won = Assert.Single(reply, one => one.Status is HttpStatusCode.Created);
        Assert.All(reply.Except([won]), one => Assert.Equal(HttpStatusCode.PreconditionFailed, one.Status));
        Assert.Equal(1, await subscriber.TimesAsync("change_requested"));
        Assert.Equal(DescriptionOf(won), DescriptionOf(await ReadAsync(subscriber)));
    }

    [Fact]
    public async Task a_repeat_of_a_request_meets_its_first_answer()
    {
        var subscriber = await OpenAsync();
        var (read, requestId) = (await ReadAsync(subscriber), $"{Guid.NewGuid()}");
        var edited = Edited(read, "Schedule.AmountMinor", 5990);

        var twins = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => ChangeAsync(subscriber, edited, read.ETag, requestId)));
        var later = await ChangeAsync(subscriber, edited, read.ETag, requestId);

        Assert.Equal(HttpStatusCode.Created, later.Status);
        Assert.All(twins, twin => Assert.Equal(later, twin));
        Assert.Equal(1, await subscriber.TimesAsync("change_requested"));
    }

    [Theory]
    [InlineData("W/{0}", false)]
    [InlineData("w/{0}", false)]
    [InlineData("{0}x", false)]
    [InlineData("version {0}", false)]
    [InlineData("\"0\"", false)]
    [InlineData("", false)]
    [InlineData("*", true)]
    [InlineData("\"1\", {0}", true)]
    public async Task a_tag_that_is_weak_or_cannot_be_read_never_matches(string ifMatch, bool matches)
    {
        var subscriber = await OpenAsync();
        var read = await ReadAsync(subscriber);
        var tag = string.Format(ifMatch, read.ETag);

        var reply = await ChangeAsync(subscriber, Edited(read, "Description", "edited"), tag);

        Assert.Equal(matches ? HttpStatusCode.Created : HttpStatusCode.PreconditionFailed, reply.Status);
        Assert.Equal(matches ? 1 : 0, await subscriber.TimesAsync("change_requested"));
    }

    [Fact]
    public async Task every_call_that_changes_it_heeds_the_tag()
    {
        var subscriber = await OpenAsync();
        var (ours, gateways) = ($"v1/subscriptions/{subscriber.Id}", $"v1/preapprovals/{subscriber.GatewayId}");
        await subscriber.Charge($"tag-paid-{subscriber.GatewayId}");
        await world.UntilIdle();
        var payment = (int)(await subscriber.Payments()).Single()["gatewayPaymentId"]!;
        (HttpMethod Method, string Path, JsonNode? Body)[] calls =
        [
            (HttpMethod.Post, $"{ours}/skip", null), (HttpMethod.Delete, $"{ours}/skip", null),
            (HttpMethod.Post, $"{ours}/pause", null), (HttpMethod.Post, $"{ours}/resume", null),
            (HttpMethod.Post, $"{ours}/charges", new JsonObject
            {
                ["merchantTransactionId"] = $"tag-ours-{subscriber.GatewayId}",
            }),
            (HttpMethod.Post, "v1/payments/recurrent", new JsonObject
            {
                ["Payment"] = new JsonObject
                {
                    ["PreapprovalID"] = subscriber.GatewayId,
                    ["MerchantTransactionID"] = $"tag-{subscriber.GatewayId}",
                    ["Amount"] = 100,
                    ["Currency"] = "BRL",
                },
            }),
            (HttpMethod.Post, $"v1/payments/{payment}/refunds", new JsonObject
            {
                ["Refund"] = new JsonObject
                {
                    ["MerchantTransactionID"] = $"tag-back-{subscriber.GatewayId}", ["Amount"] = 100,
                },
            }),
            (HttpMethod.Delete, gateways, null),
        ];

        foreach (var (method, path, body) in calls)
        {
            var (read, story) = (await world.Storefront.ReadAsync(ours), await subscriber.Story());
            Assert.Equal($"\"{read.Json["version"]}\"", read.ETag);
            Assert.Equal(read.ETag, (await world.Storefront.ReadAsync(gateways)).ETag);

            var stale = await world.Storefront.AskAsync(method, path, body, ifMatch: "\"1\"");

            Assert.True(stale.Status is HttpStatusCode.PreconditionFailed, $"{path}: {stale.Status} {stale.Text}");
            Assert.Contains(Sentence, stale.Text);
            Assert.Equal(story, await subscriber.Story());

            var reply = await world.Storefront.AskAsync(method, path, body, ifMatch: read.ETag);

            Assert.True((int)reply.Status is 200 or 201, $"{path}: {reply.Status} {reply.Text}");

            // An ETag is that of what the answer shows.
            var showsPayment = path.Contains("charges") || path.Contains("payments");
            Assert.Equal(showsPayment ? null : (await world.Storefront.ReadAsync(ours)).ETag, reply.ETag);
            await world.UntilIdle();
        }
    }

    [Fact]
    public async Task our_own_paths_refuse_in_their_own_form_and_take_a_repeat_for_done()
    {
        var subscriber = await OpenAsync();
        var pause = $"v1/subscriptions/{subscriber.Id}/pause";
        var tag = (await world.Storefront.ReadAsync($"v1/subscriptions/{subscriber.Id}")).ETag;

        var stale = await world.Storefront.AskAsync(HttpMethod.Post, pause, ifMatch: "\"1\"");
        var paused = await world.Storefront.AskAsync(HttpMethod.Post, pause, ifMatch: tag);
        var repeated = await world.Storefront.AskAsync(HttpMethod.Post, pause, ifMatch: tag);

        Assert.Equal("application/problem+json", stale.ContentType);
        Assert.Equal("precondition_failed", (string)stale.Json["code"]!);
        Assert.Equal(HttpStatusCode.OK, paused.Status);
        Assert.Equal(paused, repeated);
        Assert.Equal(1, await subscriber.TimesAsync("schedule_paused"));
    }

    [Fact]
    public async Task an_older_revision_of_the_schedule_sets_none_and_the_rest_is_applied()
    {
        var subscriber = await OpenAsync();
        var read = await ReadAsync(subscriber);
        await ChangeAsync(subscriber, Edited(read, "Schedule.AmountMinor", 5990));

        var late = await ChangeAsync(subscriber, Edited(read, "Customer.Phone", "0765269999"));

        Assert.Equal((HttpStatusCode.Created, 5990, "0765269999"), (late.Status, PriceOf(late), PhoneOf(late)));
        Assert.Equal(2, RevisionOf(late));
        Assert.Equal(2, await subscriber.TimesAsync("schedule_set"));

        var back = Edited(read, "Schedule.Revision", null);

        Assert.Equal(4990, PriceOf(await ChangeAsync(subscriber, back)));
        Assert.Equal(3, RevisionOf(await ReadAsync(subscriber)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task a_revision_that_there_is_not_is_refused(int revision)
    {
        var subscriber = await OpenAsync();
        var edited = Edited(await ReadAsync(subscriber), "Schedule.Revision", revision);

        var changed = await ChangeAsync(subscriber, edited);
        edited["Preapproval"]!["MerchantPreapprovalID"] = $"new-{subscriber.GatewayId}";
        var created = await world.Storefront.PostBodyAsync("v1/preapprovals", edited);

        changed.AssertRefused(HttpStatusCode.UnprocessableEntity, "Preapproval", "2");
        created.AssertRefused(HttpStatusCode.UnprocessableEntity, "Preapproval", "2");
        Assert.Contains("Revision", changed.Text);
        Assert.Equal(0, await subscriber.TimesAsync("change_requested"));
    }

    private Task<Subscriber> OpenAsync() => Subscriber.Open(world, Subscriber.Schedule(firstDueOn: "2099-01-31"));

    private Task<HttpReply> ReadAsync(Subscriber subscriber) =>
        world.Storefront.ReadAsync($"v1/preapprovals/{subscriber.GatewayId}");

    private Task<HttpReply> ChangeAsync(
        Subscriber subscriber, JsonNode edited, string? ifMatch = null, string? requestId = null) =>
        world.Storefront.AskAsync(
            HttpMethod.Patch, $"v1/preapprovals/{subscriber.GatewayId}", edited, requestId, ifMatch);

    // The whole object is sent back, as an editor of a form does.
    private static JsonNode Edited(HttpReply read, string key, JsonNode? value)
    {
        var edited = read.Json;
        var keys = key.Split('.');
        keys[..^1].Aggregate(edited["Preapproval"]!, (node, name) => node[name]!)[keys[^1]] = value;

        return edited;
    }

    private static int PriceOf(HttpReply reply) => (int)reply.Preapproval["Schedule"]!["AmountMinor"]!;

    private static string DescriptionOf(HttpReply reply) => (string)reply.Preapproval["Description"]!;

    private static int RevisionOf(HttpReply reply) => (int)reply.Preapproval["Schedule"]!["Revision"]!;

    private static string PhoneOf(HttpReply reply) => (string)reply.Preapproval["Customer"]!["Phone"]!;
}
