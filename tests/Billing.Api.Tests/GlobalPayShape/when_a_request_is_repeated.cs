using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.GlobalPayShape;

[Collection(GlobalPayCollection.Name)]
[Keeps(Promise.NeverChargedTwice)]
public class when_a_request_is_repeated(OneWorld shared)
{
    private readonly World world = shared.World;

    [Fact]
    public async Task each_write_meets_its_first_answer_byte_for_byte_also_after_a_restart()
    {
        var request = Subscriber.Request(
            $"again-{Guid.NewGuid():N}", schedule: Subscriber.Schedule(firstDueOn: "2099-01-31"));
        var created = await Write(HttpMethod.Post, "v1/preapprovals", request);
        var id = (int)(await created()).Preapproval["ID"]!;
        await world.Sandbox.ApproveAsync(id);
        await world.UntilIdle();
        var charged = await Write(HttpMethod.Post, "v1/payments/recurrent", Charge(id, $"again-{id}"));
        request["Preapproval"]!["Description"] = "another";
        var changed = await Write(HttpMethod.Patch, $"v1/preapprovals/{id}", request);
        var closed = await Write(HttpMethod.Delete, $"v1/preapprovals/{id}", null);
        await world.UntilIdle();
        Func<Task<HttpReply>>[] all = [created, charged, changed, closed];
        var (first, size) = (await Task.WhenAll(all.Select(ask => ask())), await world.SizeAsync());
        Assert.Equal(
            [HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.OK],
            first.Select(reply => reply.Status));
        Assert.Equal(
            ["Pending", "Success", "Open", "ClosedByCustomer"],
            first.Select(reply => (string)reply.Json.AsObject().First().Value!["Status"]!["Info"]!));

        await world.StopServiceAsync();
        await world.StartServiceAsync();
        await world.UntilIdle();

        Assert.Equal(first, await Task.WhenAll(all.Select(ask => ask())));
        Assert.Equal(size, await world.SizeAsync());
        Assert.Equal(1, (int)(await world.Sandbox.LedgerAsync($"again-{id}"))!["received"]!);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task twins_make_one_preapproval(bool withRequestId)
    {
        var (name, requestId) = ($"twin-{Guid.NewGuid():N}", withRequestId ? $"{Guid.NewGuid()}" : null);
        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "create", ["action"] = "slow", ["merchantPreapprovalId"] = name, ["delayMs"] = 300
        });

        var reply = await Task.WhenAll(Enumerable.Range(0, 6)
            .Select(_ => world.Storefront.PostBodyAsync("v1/preapprovals", Subscriber.Request(name), requestId)));

        Assert.All(reply, one => Assert.True(one.Status is HttpStatusCode.Created, one.Text));
        Assert.Single(reply.Select(one => one.Text).Distinct());
        Assert.Equal(1, await world.MadeAtGatewayAsync(name));
    }

    [Fact]
    public async Task a_create_that_a_notification_has_outrun_is_still_joined_by_its_repeat()
    {
        var name = $"outrun-{Guid.NewGuid():N}";
        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "create", ["action"] = "notify_first", ["merchantPreapprovalId"] = name,
            ["delayMs"] = 4_000,
        });
        var first = world.Storefront.PostBodyAsync("v1/preapprovals", Subscriber.Request(name));
        await Waiting.Until("the notification is applied", () => world.QueryAsync<bool>(
            """
            select exists (
                select from subscriptions where merchant_preapproval_id = $1 and gateway_preapproval_id is not null)
            """, name));
        Assert.False(first.IsCompleted);

        var another = Subscriber.Request(name).With("Preapproval.Description", "\"another\"");
        var other = await world.Storefront.PostBodyAsync("v1/preapprovals", another);
        var repeated = await world.Storefront.PostBodyAsync("v1/preapprovals", Subscriber.Request(name));

        other.AssertRefused(HttpStatusCode.BadRequest, "Preapproval", "109");
        Assert.Equal(HttpStatusCode.Created, repeated.Status);
        Assert.Equal(await first, repeated);
        (await world.Storefront.PostBodyAsync("v1/preapprovals", Subscriber.Request(name)))
            .AssertRefused(HttpStatusCode.BadRequest, "Preapproval", "109");
    }

    [Fact]
    public async Task a_known_charge_with_another_body_is_refused_with_the_field_that_differs()
    {
        var subscriber = await Subscriber.Open(world);
        var id = $"differs-{subscriber.GatewayId}";
        var first = Charge(subscriber.GatewayId, id);
        await world.Storefront.PostBodyAsync("v1/payments/recurrent", first);

        foreach (var (field, json) in new[]
        {
            ("Amount", "101"), ("Description", "\"Tea\""), ("ExecutionDate", "\"20990131\""),
        })
        {
            var changed = first.DeepClone().AsObject().With($"Payment.{field}", json);
            var reply = await world.Storefront.PostBodyAsync("v1/payments/recurrent", changed);
            reply.AssertRefused(HttpStatusCode.BadRequest, "Payment", "20");
            Assert.Contains($"another {field} before", reply.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task twins_make_one_charge(bool withRequestId)
    {
        var (subscriber, requestId) = (await Subscriber.Open(world), withRequestId ? $"{Guid.NewGuid()}" : null);
        var id = $"twin-{subscriber.Id:N}";
        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "charge", ["action"] = "slow", ["merchantTransactionId"] = id, ["delayMs"] = 300
        });

        var reply = await Task.WhenAll(Enumerable.Range(0, 6).Select(
            _ => world.Storefront.PostBodyAsync("v1/payments/recurrent", Charge(subscriber.GatewayId, id), requestId)));

        Assert.All(
            reply,
            one => Assert.True(one.Status is HttpStatusCode.Created || (!withRequestId && one.Code == "20"), one.Text));
        Assert.Single(reply.Where(one => one.Status is HttpStatusCode.Created).Select(one => one.Text).Distinct());
        var ledger = (await world.Sandbox.LedgerAsync(id))!;
        Assert.Equal((1, 1), ((int)ledger["received"]!, (int)ledger["captured"]!));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task twins_make_one_change(bool withRequestId)
    {
        var (subscriber, requestId) = (await Subscriber.Open(world), withRequestId ? $"{Guid.NewGuid()}" : null);
        var request = Subscriber.Request(subscriber.MerchantPreapprovalId)
            .With("Preapproval.Description", "\"changed\"");
        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "change", ["action"] = "slow", ["preapprovalId"] = subscriber.GatewayId, ["delayMs"] = 500
        });

        var reply = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => world.Storefront.AskAsync(
            HttpMethod.Patch, $"v1/preapprovals/{subscriber.GatewayId}", request, requestId)));

        Assert.All(reply, one => Assert.True(one.Status is HttpStatusCode.Created, one.Text));
        Assert.Single(reply.Select(one => one.Text).Distinct());
        Assert.Equal(["change_requested", "preapproval_changed"], (await subscriber.Story())[^2..]);
    }

    [Fact]
    public async Task a_request_id_stands_for_one_call_and_one_body()
    {
        var (requestId, request) = ($"{Guid.NewGuid()}", Subscriber.Request($"mine-{Guid.NewGuid():N}"));
        var created = await world.Storefront.PostBodyAsync("v1/preapprovals", request, requestId);
        var path = $"v1/preapprovals/{created.Preapproval["ID"]}";
        var before = await world.SettledSizeAsync();

        (await world.Storefront.AskAsync(HttpMethod.Patch, path, request, requestId))
            .AssertRefused(HttpStatusCode.BadRequest, "Preapproval", "2");
        request["Preapproval"]!["Description"] = "another";
        (await world.Storefront.PostBodyAsync("v1/preapprovals", request, requestId))
            .AssertRefused(HttpStatusCode.BadRequest, "Preapproval", "2");
        (await world.Storefront.PostBodyAsync(
            "v1/payments/recurrent", Charge((int)created.Preapproval["ID"]!, "mine"), requestId))
            .AssertRefused(HttpStatusCode.BadRequest, "Payment", "2");

        Assert.Equal(before, await world.SizeAsync());
        Assert.Equal(
            HttpStatusCode.Created,
            (await world.Storefront.AskAsync(HttpMethod.Patch, path, request, $"{Guid.NewGuid()}")).Status);
    }

    [Fact]
    public async Task a_known_id_under_another_request_is_a_duplicate_and_never_a_conflict()
    {
        var (one, two) = (await Subscriber.Open(world), await Subscriber.Open(world));
        await one.Charge($"known-{one.GatewayId}");

        foreach (var requestId in (string?[])[null, $"{Guid.NewGuid()}"])
        {
            (await world.Storefront.PostBodyAsync(
                "v1/preapprovals", Subscriber.Request(one.MerchantPreapprovalId), requestId))
                .AssertRefused(HttpStatusCode.BadRequest, "Preapproval", "109");
            (await world.Storefront.PostBodyAsync(
                "v1/payments/recurrent", Charge(one.GatewayId, $"known-{one.GatewayId}"), requestId))
                .AssertRefused(HttpStatusCode.BadRequest, "Payment", "20");
            (await world.Storefront.PostBodyAsync(
                "v1/payments/recurrent", Charge(two.GatewayId, $"known-{one.GatewayId}"), requestId))
                .AssertRefused(HttpStatusCode.BadRequest, "Payment", "20");
        }

        Assert.Equal(1, (int)(await world.Sandbox.LedgerAsync($"known-{one.GatewayId}"))!["received"]!);
    }

    [Fact]
    public async Task a_refused_create_gives_its_id_back()
    {
        var (name, requestId) = ($"refused-{Guid.NewGuid():N}", $"{Guid.NewGuid()}");
        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "create",
            ["action"] = "refuse",
            ["code"] = 123,
            ["merchantPreapprovalId"] = name,
            ["times"] = 1,
        });

        var refused = await world.Storefront.PostBodyAsync("v1/preapprovals", Subscriber.Request(name), requestId);
        var repeated = await world.Storefront.PostBodyAsync("v1/preapprovals", Subscriber.Request(name), requestId);
        var created = await world.Storefront.PostBodyAsync(
            "v1/preapprovals", Subscriber.Request(name), $"{Guid.NewGuid()}");

        refused.AssertRefused(HttpStatusCode.BadRequest, "Preapproval", "123");
        Assert.Equal(refused, repeated);
        Assert.Equal(HttpStatusCode.Created, created.Status);
        Assert.Equal(
            refused, await world.Storefront.PostBodyAsync("v1/preapprovals", Subscriber.Request(name), requestId));
    }

    // Asks once, and returns how to ask exactly the same again.
    private async Task<Func<Task<HttpReply>>> Write(HttpMethod method, string path, JsonObject? body)
    {
        var (requestId, text) = ($"{Guid.NewGuid()}", body?.ToJsonString());
        await world.Storefront.AskAsync(method, path, text, requestId);

        return () => world.Storefront.AskAsync(method, path, text, requestId);
    }

    private static JsonObject Charge(int preapprovalId, string id) => new()
    {
        ["Payment"] = new JsonObject
        {
            ["PreapprovalID"] = preapprovalId, ["MerchantTransactionID"] = id, ["Amount"] = 100, ["Currency"] = "BRL"
        },
    };
}
