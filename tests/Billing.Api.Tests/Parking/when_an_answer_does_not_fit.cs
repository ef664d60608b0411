using System.Text.Json.Nodes;
using Billing.Api.Parking;
using Billing.Api.Tests.Auditing;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Operating;
using Billing.Api.Tests.Specs;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Parking;

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

        Assert.Equal(("mismatch_amount", "charge", subscriber.Id, 1), (parked.Reason, parked.Operation, parked.PreapprovalId, parked.Times));
        Assert.Equal(before + 1, await CountedAsync());
        Assert.Equal("unknown", (string)Assert.Single(await subscriber.Payments())["status"]!);
        (await World.Billing("answers", "list")).Ended(0).With($"charge {parked.Reference}  mismatch_amount  times 1  open");
        (await World.Billing("answers", "show", $"{parked.Id}")).Ended(0).With("differs      mismatch_amount").Without("MerchantTransactionID");
        (await World.Billing("answers", "show", $"{parked.Id}", "--unseal")).Ended(0).With($"\"MerchantTransactionID\":\"{parked.Reference}\"");

        (await World.Billing("answers", "dismiss", $"{parked.Id}", "--by", "Ada Byron")).Ended(1).With("--because");
        (await World.Billing("answers", "dismiss", $"{parked.Id}", "--by", "Ada Byron", "--because", "the provider's bug, ticket 7")).Ended(0).With("dismissed");
        (await World.Billing("answers", "dismiss", $"{parked.Id}", "--by", "Ada Byron", "--because", "again")).Ended(1);

        Assert.Equal(before, await CountedAsync());
        (await World.Billing("answers", "list")).Ended(0).Without($"{parked.Id}");
        (await World.Billing("answers", "show", $"{parked.Id}", "--unseal")).Ended(0).With("by Ada Byron").With("because      the provider's bug, ticket 7");
        Assert.DoesNotContain("ticket 7", $"{await World.Books.ScalarAsync("select row_to_json(a)::text from gateway_answers a where id = $1", parked.Id)}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_same_contradiction_met_again_is_counted()
    {
        var subscriber = await Subscriber.Open(World);
        var keeper = World.Services.GetRequiredService<AnswerLog>();
        var stray = new Gateway.StrayAnswer(new Gateway.Asked("30201", "read", subscriber.GatewayId), "mismatch_id", 200, "{}"u8.ToArray(), null, 77);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => keeper.KeepAsync(stray, default)));

        Assert.Equal(20, Assert.Single(await OfAsync(subscriber)).Times);
    }

    // The gateway's number of the payment is all that a refund's call knows of its stream.
    [Fact]
    public async Task one_about_a_refund_belongs_to_the_stream_of_its_payment()
    {
        var subscriber = await Subscriber.Open(World, Subscriber.Schedule());
        var payment = (int)Assert.Single(await subscriber.Payments())["gatewayPaymentId"]!;
        var asked = new Gateway.Asked("30201", "refund", GatewayPaymentId: payment, RefundReference: $"refund-{payment}");

        await World.Services.GetRequiredService<AnswerLog>().KeepAsync(new(asked, "mismatch_amount", 201, "{}"u8.ToArray(), asked, 5), default);

        Assert.Equal($"refund-{payment}", Assert.Single(await OfAsync(subscriber)).Reference);
    }

    [Fact]
    public async Task whoever_is_forgotten_is_gone_from_it_whether_asked_about_or_only_named()
    {
        var (asked, named) = (await Subscriber.Open(World), await Subscriber.Open(World));
        var keeper = World.Services.GetRequiredService<AnswerLog>();
        var answers = World.Services.GetRequiredService<ParkedAnswers>();
        var stray = new Gateway.StrayAnswer(
            new Gateway.Asked("30201", "read", asked.GatewayId), "mismatch_id", 200, "Jane Doe"u8.ToArray(), new Gateway.Asked("30201", "read", named.GatewayId), named.GatewayId);
        await keeper.KeepAsync(stray, default);
        await keeper.KeepAsync(stray with { Asked = new Gateway.Asked("30201", "close", named.GatewayId), Named = null }, default);
        await keeper.KeepAsync(stray with { Reason = "mismatch_merchant_preapproval_id", Named = null }, default);

        await ForgetAsync(named);

        Assert.Equal(["gone", "Jane Doe"], await BodiesAsync(asked));
        Assert.Equal(["gone"], await BodiesAsync(named));

        // Nor can anything of them be kept from then on, and the key of what was kept is destroyed, not only its row emptied.
        await keeper.KeepAsync(stray with { Reason = "mismatch_later" }, default);
        await keeper.KeepAsync(stray with { Asked = new Gateway.Asked("30201", "change", named.GatewayId), Named = null }, default);
        var copied = await World.Books.ScalarAsync("select wrapped_key from gateway_answers where preapproval_id = $1 and reason = 'mismatch_merchant_preapproval_id'", asked.Id) as byte[];
        await ForgetAsync(asked);
        await World.Books.DoAsync("update gateway_answers set body = $1, wrapped_key = $2 where preapproval_id = $3", new byte[64], copied!, asked.Id);

        Assert.Equal(["gone", "gone", "gone"], await BodiesAsync(asked));
        Assert.Equal(["gone", "gone"], await BodiesAsync(named));

        async Task<string[]> BodiesAsync(Subscriber subscriber) =>
            await Task.WhenAll((await OfAsync(subscriber)).Select(async it => (await answers.OpenAsync(it, default)).Body is { } body ? System.Text.Encoding.UTF8.GetString(body) : "gone"));
    }

    [Fact]
    public async Task whoever_is_named_and_being_forgotten_at_this_moment_is_gone_from_it_too()
    {
        var (asked, named) = (await Subscriber.Open(World), await Subscriber.Open(World));
        await World.AskBooksAsync<object>("insert into request_ids (tenant_id, request_id, fingerprint, preapproval_id, from_version) values ('30201', $1, '', $2, 1)", $"{named.Id}", named.Id);
        await using var connection = await World.Books.OpenConnectionAsync();
        await using var holding = await connection.BeginTransactionAsync();
        await using var hold = new Npgsql.NpgsqlCommand("select from request_ids where preapproval_id = $1 for update", connection, holding) { Parameters = { new() { Value = named.Id } } };
        await hold.ExecuteNonQueryAsync();

        // Forgetting stands still once it has erased what names them, and before it commits.
        var forgetting = ForgetAsync(named);
        await Books.Until("forgetting waits for us", () => WaitingAsync(1));
        var keeping = World.Services.GetRequiredService<AnswerLog>().KeepAsync(
            new(new("30201", "read", asked.GatewayId), "mismatch_id", 200, "Jane Doe"u8.ToArray(), new("30201", "read", named.GatewayId), named.GatewayId), default);
        await Books.Until("keeping waits for forgetting, or is over", async () => keeping.IsCompleted || await WaitingAsync(2));
        await holding.RollbackAsync();
        await Task.WhenAll(forgetting, keeping);

        Assert.False(Assert.Single(await OfAsync(asked)).HasBody);

        // For us, and for whoever waits for us.
        Task<bool> WaitingAsync(int sessions) => World.AskBooksAsync<bool>(
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
    public async Task it_is_let_go_in_time_but_an_open_one_stays_counted()
    {
        var subscriber = await Subscriber.Open(World);
        var answers = World.Services.GetRequiredService<ParkedAnswers>();
        await ChargeAsync(subscriber, "wrong_amount");
        await ChargeAsync(subscriber, "another_payment");
        var (old, dismissed) = ((await OfAsync(subscriber))[0], (await OfAsync(subscriber))[1]);
        await answers.DismissAsync(dismissed, "Ada Byron", "seen", default);
        await World.Books.DoAsync("update gateway_answers set received_at = clock_timestamp() - interval '31 days' where preapproval_id = $1", subscriber.Id);

        await World.Services.GetRequiredService<AnswerLog>().RunOnceAsync(TimeSpan.FromDays(30), default);

        var left = Assert.Single(await OfAsync(subscriber));
        Assert.Equal((old.Id, "open", false), (left.Id, left.Status, left.HasBody));
    }

    private async Task<ParkedAnswer> ChargeAsync(Subscriber subscriber, string action)
    {
        var id = $"stray-{Guid.NewGuid():N}";
        await World.Sandbox.MisbehaveAsync(new JsonObject { ["operation"] = "charge", ["action"] = action, ["merchantTransactionId"] = id, ["times"] = 1 });
        await World.Sandbox.MisbehaveAsync(new JsonObject { ["operation"] = "notify", ["action"] = "lose_notification", ["merchantTransactionId"] = id });
        await subscriber.Charge(id);

        return Assert.Single(await OfAsync(subscriber), it => it.Reference == id);
    }

    private Task ForgetAsync(Subscriber subscriber) => World.Services.GetRequiredService<Forgetting.ForgetCustomer>().RunAsync(new("30201", subscriber.Id), "Ada Byron", default);

    private async Task<ParkedAnswer[]> OfAsync(Subscriber subscriber) =>
        [.. (await World.Services.GetRequiredService<ParkedAnswers>().ListAsync(true, 1_000, null, default)).Where(it => it.PreapprovalId == subscriber.Id)];

    private async Task<long> CountedAsync() => (long)(await World.Anonymous.ReadAsync("health/ready")).Json["parkedAnswers"]!;
}
