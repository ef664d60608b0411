using System.Net;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Subscriptions;

/// <summary>A key that a call does not know was sent to limit it: the call is refused and does nothing.</summary>
[Collection(SubscribedCollection.Name)]
public class when_a_key_is_unknown(OneWorld it)
{
    private const string NoParameters = "this call takes no parameters.";
    private const string InTheBody = "send it in the body, as {";

    [Fact]
    public async Task it_is_named_and_nothing_happens()
    {
        var subscriber = await Subscriber.Open(it.World, Subscribers.Once());
        var story = await subscriber.Story();

        foreach (var (call, body, sentence) in new (string, string?, string)[]
        {
            ("pause", """{"end":"2030-05-01"}""", "There is no 'end' in the body"),
            ("pause?until=2030-05-01", null, $"There is no 'until' in the query: {InTheBody}\"until\":"),
            ("pause?until=2030-05-01", "{}", $"There is no 'until' in the query: {InTheBody}\"until\":"),
            ("resume", """{"on":"2030-05-01"}""", $"There is no 'on' in the body: {NoParameters}"),
            ("resume?on=2030-05-01", null, $"There is no 'on' in the query: {NoParameters}"),
            ("skip?dueOn=2030-05-01", null, $"There is no 'dueOn' in the query: {InTheBody}\"dueOn\":"),
            (
                "charges?amountMinor=500", $$"""{"merchantTransactionId":"queried-{{subscriber.GatewayId}}"}""",
                $"There is no 'amountMinor' in the query: {InTheBody}\"merchantTransactionId\":"),
        })
        {
            var reply = await it.World.Storefront.PostBodyAsync($"v1/subscriptions/{subscriber.Id}/{call}", body);

            Assert.True(reply.Status is HttpStatusCode.UnprocessableEntity, $"{call}: {reply.Text}");
            Assert.Equal("unknown_key", (string?)reply.Json["code"]);
            Assert.StartsWith(sentence, (string)reply.Json["detail"]!, StringComparison.Ordinal);
        }

        Assert.Equal(story, await subscriber.Story());
    }

    [Fact]
    public async Task a_call_without_parameters_takes_an_empty_object_and_nothing_else()
    {
        var subscriber = await Subscriber.Open(it.World, Subscribers.Once());

        foreach (var body in (string[])["[]", "null", "until=2030-05-01", "{"])
        {
            var refused = await it.World.Storefront.PostBodyAsync($"v1/subscriptions/{subscriber.Id}/pause", body);
            Assert.Equal(
                (HttpStatusCode.UnprocessableEntity, "body_invalid"), (refused.Status, (string?)refused.Json["code"]));
        }

        foreach (var (call, isPaused) in new[] { ("pause", true), ("resume", false) })
        {
            var reply = await it.World.Storefront.PostBodyAsync($"v1/subscriptions/{subscriber.Id}/{call}", "{}");
            Assert.Equal((HttpStatusCode.OK, isPaused), (reply.Status, (bool)reply.Json["isPaused"]!));
        }
    }
}
