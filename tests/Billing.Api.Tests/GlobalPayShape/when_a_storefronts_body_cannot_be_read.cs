using System.Net;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.GlobalPayShape;

[Collection(GlobalPayCollection.Name)]
public class when_a_storefronts_body_cannot_be_read(OneWorld shared)
{
    private readonly World world = shared.World;

    public static TheoryData<string> Names => BrokenBodies.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task it_is_refused_in_the_calls_envelope_and_nothing_is_stored(string name)
    {
        await AssertRefused("v1/preapprovals", "Preapproval", BrokenBodies.Of(name, "Preapproval"), 400);
        await AssertRefused("v1/payments/recurrent", "Payment", BrokenBodies.Of(name, "Payment"), 400);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_megabyte_is_too_much(bool chunked)
    {
        await AssertRefused("v1/preapprovals", "Preapproval", BrokenBodies.Huge("Preapproval", chunked), 413);
        await AssertRefused("v1/payments/recurrent", "Payment", BrokenBodies.Huge("Payment", chunked), 413);
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("tab\tinside")]
    [InlineData("101 characters")]
    public async Task a_request_id_that_cannot_be_kept_is_refused(string kind)
    {
        var requestId = kind == "101 characters" ? new string('r', 101) : kind;

        var reply = await world.Storefront.PostBodyAsync(
            "v1/preapprovals", Subscriber.Request("never-kept"), requestId);

        reply.AssertRefused(HttpStatusCode.BadRequest, "Preapproval", "2");
    }

    private async Task AssertRefused(string path, string envelope, object body, int status)
    {
        var before = await world.SettledSizeAsync();

        var reply = await world.Storefront.PostBodyAsync(path, body);

        BrokenBodies.AssertClear(reply, status);
        reply.AssertRefused((HttpStatusCode)status, envelope, "2");
        Assert.Equal(before, await world.SizeAsync());
    }
}
