using System.Text.Json.Nodes;
using Billing.Api.Mandates;
using Billing.Api.Notifications;
using Billing.Api.Tests.Auditing;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Operating;
using Billing.Api.Tests.Specs;
using Marten;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Quarantining;

[Collection(OperatedWorld.Name)]
public class when_an_answer_does_not_fit(OneWorld shared)
{
    private World World => shared.World;

    [Fact]
    public async Task it_is_parked_shown_and_dismissed_by_name()
    {
        var before = await CountedAsync();
        var subscriber = await Subscriber.Open(World);
        var parked = await ChargeAsync(subscriber, "wrong_amount");

        Assert.Equal(
            ("mismatch_amount", "charge", subscriber.Id, 1),
            (parked.Reason, parked.Operation, parked.PreapprovalId, parked.Times));
        Assert.Equal(before + 1, await CountedAsync());
        Assert.Equal("unknown", (string)Assert.Single(await subscriber.Payments())["status"]!);
        var listed = (await World.Billing("answers", "list")).Ended(0).With("RECEIVED AT").Output;
        Assert.Matches($@"  charge +{parked.Reference} +mismatch_amount +1 +open", listed);
        (await World.Billing("answers", "show", $"{parked.Id}")).Ended(0).With("differs      mismatch_amount")
            .Without("MerchantTransactionID");
        (await World.Billing("answers", "show", $"{parked.Id}", "--unseal")).Ended(0)
            .With($"\"MerchantTransactionID\":\"{parked.Reference}\"");

        (await World.Billing("answers", "dismiss", $"{parked.Id}", "--by", "Ada Byron")).Ended(1).With("--because");
        (await World.Billing(
            "answers", "dismiss", $"{parked.Id}", "--by", "Ada Byron", "--because", "the provider's bug, ticket 7"))
            .Ended(0)
            .With("dismissed");
        (await World.Billing("answers", "dismiss", $"{parked.Id}", "--by", "Ada Byron", "--because", "again")).Ended(1);

        Assert.Equal(before, await CountedAsync());
        (await World.Billing("answers", "list")).Ended(0).Without($"{parked.Id}");
        (await World.Billing("answers", "show", $"{parked.Id}", "--unseal")).Ended(0).With("by Ada Byron")
            .With("because      the provider's bug, ticket 7");
        var row = await World.DataSource.ScalarAsync(
            "select row_to_json(a)::text from mt_doc_quarantinedresponse a where id = $1", parked.Id);
        Assert.DoesNotContain("ticket 7", $"{row}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_same_contradiction_met_again_is_counted()
    {
        var subscriber = await Subscriber.Open(World);
        var keeper = World.Services.GetRequiredService<Quarantine>();
        var stray = new Gateway.QuarantinedResponse(
            new Gateway.Asked("30201", "read", subscriber.GatewayId), "mismatch_id", 200, "{}"u8.ToArray(), null, 77);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => keeper.KeepAsync(stray, default)));

        Assert.Equal(20, Assert.Single(await OfAsync(subscriber)).Times);
    }

    // The gateway's number of the payment is all that a refund's call knows of its stream.
    [Fact]
    public async Task one_about_a_refund_belongs_to_the_stream_of_its_payment()
    {
        var subscriber = await Subscriber.Open(World, Subscriber.Schedule());
        var payment = (int)Assert.Single(await subscriber.Payments())["gatewayPaymentId"]!;
        var asked = new Gateway.Asked(
            "30201", "refund", GatewayPaymentId: payment, RefundReference: $"refund-{payment}");

        await World.Services.GetRequiredService<Quarantine>()
            .KeepAsync(new(asked, "mismatch_amount", 201, "{}"u8.ToArray(), asked, 5), default);

        Assert.Equal($"refund-{payment}", Assert.Single(await OfAsync(subscriber)).Reference);
    }

    [Fact]
    public async Task a_forgotten_person_is_removed_from_it_whether_asked_about_or_only_named()
    {
        var (asked, named) = (await Subscriber.Open(World), await Subscriber.Open(World));
        var keeper = World.Services.GetRequiredService<Quarantine>();
        var answers = World.Services.GetRequiredService<QuarantinedResponses>();
        var stray = new Gateway.QuarantinedResponse(
            new Gateway.Asked("30201", "read", asked.GatewayId), "mismatch_id", 200, "Jane Doe"u8.ToArray(),
            new Gateway.Asked("30201", "read", named.GatewayId), named.GatewayId);
        await keeper.KeepAsync(stray, default);
        await keeper.KeepAsync(
            stray with { Asked = new Gateway.Asked("30201", "close", named.GatewayId), Named = null }, default);
        await keeper.KeepAsync(stray with { Reason = "mismatch_merchant_preapproval_id", Named = null }, default);

        await ForgetAsync(named);

        Assert.Equal(["gone", "Jane Doe"], await BodiesAsync(asked));
        Assert.Equal(["gone"], await BodiesAsync(named));

        // From then on nothing of them can be kept, and the key is destroyed, not only the row emptied.
        await keeper.KeepAsync(stray with { Reason = "mismatch_later" }, default);
        await keeper.KeepAsync(
            stray with { Asked = new Gateway.Asked("30201", "change", named.GatewayId), Named = null }, default);
        var copied = (await OfAsync(asked)).Single(one => one.Reason == "mismatch_merchant_preapproval_id").Body;
        Assert.NotNull(copied);
        await ForgetAsync(asked);
        await using (var session = World.Services.GetRequiredService<IDocumentStore>().LightweightSession("30201"))
        {
            foreach (var one in await OfAsync(asked))
            {
                session.UpdateRevision(one with { Body = copied }, one.Version + 1);
            }

            await session.SaveChangesAsync();
        }

        Assert.Equal(["gone", "gone", "gone"], await BodiesAsync(asked));
        Assert.Equal(["gone", "gone"], await BodiesAsync(named));

        async Task<string[]> BodiesAsync(Subscriber subscriber) =>
            await Task.WhenAll(
                (await OfAsync(subscriber)).Select(async it => (await answers.OpenAsync(it, default)).Body is { } body
                    ? System.Text.Encoding.UTF8.GetString(body)
                    : "gone"));
    }

    [Fact]
    public async Task a_named_person_who_is_forgotten_at_this_moment_is_removed_too()
    {
        var (asked, named) = (await Subscriber.Open(World), await Subscriber.Open(World));
        await using var connection = await World.DataSource.OpenConnectionAsync();
        await using var holding = await connection.BeginTransactionAsync();
        await using var hold = new Npgsql.NpgsqlCommand(
            "select from mt_doc_datakey where id = $1 for update", connection,
            holding)
        { Parameters = { new() { Value = named.Id } } };
        await hold.ExecuteNonQueryAsync();

        // Forgetting waits before its commit, when it destroys the key.
        var forgetting = ForgetAsync(named);
        await Waiting.Until("forgetting waits for us", () => WaitingAsync(1));
        var keeping = World.Services.GetRequiredService<Quarantine>().KeepAsync(
            new(
                new("30201", "read", asked.GatewayId), "mismatch_id", 200, "Jane Doe"u8.ToArray(),
                new("30201", "read", named.GatewayId), named.GatewayId), default);
        await Waiting.Until(
            "keeping waits for forgetting, or is over", async () => keeping.IsCompleted || await WaitingAsync(2));
        await holding.RollbackAsync();
        await Task.WhenAll(forgetting, keeping);

        Assert.False(Assert.Single(await OfAsync(asked)).Body is not null);

        // For us, and for a caller that waits for us.
        Task<bool> WaitingAsync(int sessions) => World.QueryAsync<bool>(
            """
            with recursive waiting as (
                select pid from pg_stat_activity where $1 = any (pg_blocking_pids(pid))
                union
                select a.pid from pg_stat_activity a join waiting w on w.pid = any (pg_blocking_pids(a.pid)))
            select count(*) >= $2 from waiting
            """,
            connection.ProcessID, sessions);
    }

    [Fact]
    public async Task it_is_deleted_in_time_but_an_open_one_stays_counted()
    {
        var subscriber = await Subscriber.Open(World);
        var answers = World.Services.GetRequiredService<QuarantinedResponses>();
        await ChargeAsync(subscriber, "wrong_amount");
        await ChargeAsync(subscriber, "another_payment");
        var (old, dismissed) = ((await OfAsync(subscriber))[0], (await OfAsync(subscriber))[1]);
        await answers.DismissAsync(dismissed, "Ada Byron", "seen", default);
        await World.DataSource.DoAsync(
            """
            update mt_doc_quarantinedresponse set received_at = received_at - interval '31 days',
                data = jsonb_set(data, '{ReceivedAt}', to_jsonb(received_at - interval '31 days'))
            where preapproval_id = $1
            """, subscriber.Id);

        await World.Services.GetRequiredService<QuarantineUpkeep>().RunOnceAsync(default);

        var left = Assert.Single(await OfAsync(subscriber));
        Assert.Equal((old.Id, "open", false), (left.Id, left.Status, left.Body is not null));
    }

    private async Task<QuarantinedResponse> ChargeAsync(Subscriber subscriber, string action)
    {
        var id = $"stray-{Guid.NewGuid():N}";
        await World.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "charge", ["action"] = action, ["merchantTransactionId"] = id, ["times"] = 1
        });
        await World.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "notify", ["action"] = "lose_notification", ["merchantTransactionId"] = id
        });
        await subscriber.Charge(id);

        return Assert.Single(await OfAsync(subscriber), it => it.Reference == id);
    }

    private Task ForgetAsync(Subscriber subscriber) =>
        World.Services.GetRequiredService<ForgetCustomer>().RunAsync("30201", subscriber.Id, "Ada Byron", default);

    private async Task<QuarantinedResponse[]> OfAsync(Subscriber subscriber) =>
        [.. (await World.Services.GetRequiredService<QuarantinedResponses>().ListAsync(true, 1_000, null, default))
            .Where(it => it.PreapprovalId == subscriber.Id)];

    private async Task<long> CountedAsync() =>
        (long)(await World.Anonymous.ReadAsync("health/ready")).Json["parkedAnswers"]!;
}
