using System.Text.Json.Nodes;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;
using Npgsql;

namespace Billing.Api.Tests.Crashing;

/// <summary>
/// A deploy: SIGTERM reaches a node that has calls under way, a page that is decided and not begun, and more that is
/// due.
/// </summary>
/// <remarks>The gateway takes every send for a new one: nothing but our own care prevents a second debit.</remarks>
[Keeps(Promise.NeverChargedTwice, Promise.NothingDueIsForgotten)]
public class stopping_under_full_load(ServicelessWorld shared) : IClassFixture<ServicelessWorld>
{
    private const int CallsAtOnce = 20;
    private const int UnderWay = 10;
    private const int DueLater = 30;

    // A machine that pauses for seconds neither closes a send window nor lets a call time out.
    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["Charging__MaxInFlight"] = $"{CallsAtOnce}",
        ["Charging__SendWindowSeconds"] = "30",
        ["Gateway__TimeoutSeconds"] = "20",
    };

    private readonly World world = shared.World;

    [Fact]
    public async Task calls_under_way_are_recorded_and_the_rest_is_sent_by_the_next_node_without_a_look_up()
    {
        Subscriber[] underWay, dueLater;

        await using (var node = await Node.StartAsync(world, settings: Settings))
        {
            underWay = await SubscribeAsync(UnderWay, "2030-01-11");
            dueLater = await SubscribeAsync(DueLater, "2030-01-12");
            await world.UntilIdle();
            await BeginSlowCallsAsync();

            await using (var page = await HoldPageAsync())
            {
                // Its address refuses calls as soon as it stops. The slow calls end seconds later, and then the page is
                // released.
                var stopped = node.StopKindlyAsync();
                await Subscribers.Until(IsRefusingAsync);
                await Subscribers.Until(async () => (await CapturedAsync()).Count == UnderWay);
                await page.ReleaseAsync();
                Assert.True(await stopped == 0, node.Output);
            }
        }

        Assert.Equal(underWay.Select(it => it.ChargeId("300111")).Order(), await CapturedAsync());
        Assert.Equal(await CapturedAsync(), await ChargesOfAsync("payment_charged"));
        var notSent = await ChargesOfAsync("charge_stopped");
        Assert.NotEmpty(notSent);
        Assert.Equal(
            notSent.Length, await world.QueryAsync<long>("select count(*) from calls where state = 'NotSent'"));
        Assert.Equal(0, await world.QueryAsync<long>("select count(*) from calls where state <> 'NotSent'"));

        await using var next = await Node.StartAsync(world, settings: Settings);
        await world.UntilIdle();

        Assert.Equal(notSent, await ChargesOfAsync("charge_resent"));
        Assert.Empty(await ChargesOfAsync("payment_outcome_unknown"));
        var ledger = await world.Sandbox.LedgerAsync();
        Assert.Equal(UnderWay + DueLater, ledger.Count);
        Assert.All(ledger, IsSentOnceAndNotLookedUpBefore);
        await Witness.OneTruthAsync(world, [.. underWay, .. dueLater]);
    }

    private static void IsSentOnceAndNotLookedUpBefore(JsonNode? charge)
    {
        Assert.Equal((1, 1), ((int)charge!["received"]!, (int)charge["captured"]!));
        Assert.Equal("received", (string)charge["events"]![0]!["what"]!);
    }

    private async Task<Subscriber[]> SubscribeAsync(int count, string firstDueOn)
    {
        var subscribers = await Task.WhenAll(Enumerable.Range(0, count).Select(_ =>
            Subscriber.PendingAtLast(world, Subscriber.Schedule(firstDueOn: firstDueOn))));
        await Task.WhenAll(subscribers.Select(subscriber => world.Sandbox.ApproveAsync(subscriber.GatewayId)));

        return subscribers;
    }

    private async Task BeginSlowCallsAsync()
    {
        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "charge", ["action"] = "slow", ["delayMs"] = 5_000, ["times"] = UnderWay,
        });
        await world.Sandbox.AdvanceAsync("P1D");
        await Subscribers.Until(async () => (await world.Sandbox.LedgerAsync()).Count == UnderWay);
    }

    // The commit of the page waits for one lock while another one is requested that its send has to wait for.
    private async Task<TableLock> HoldPageAsync()
    {
        TableLock send;

        await using (var commit = await TableLock.TakeAsync(world, "mt_doc_payment", "share"))
        {
            await world.Sandbox.AdvanceAsync("P1D");
            await Subscribers.Until(() => IsWaitedForAsync("mt_doc_payment", "RowExclusiveLock"));
            var requested = TableLock.TakeAsync(world, "mt_streams", "access exclusive");
            await Subscribers.Until(() => IsWaitedForAsync("mt_streams", "AccessExclusiveLock"));
            await commit.ReleaseAsync();
            send = await requested;
        }

        return send;
    }

    private Task<bool> IsWaitedForAsync(string table, string mode) => world.QueryAsync<bool>(
        "select exists (select from pg_locks where relation = $1::text::regclass and mode = $2 and not granted)",
        table, mode);

    private async Task<bool> IsRefusingAsync()
    {
        try
        {
            using var answer = await world.Anonymous.GetAsync("health/live");

            return false;
        }
        catch (HttpRequestException)
        {
            return true;
        }
    }

    private async Task<List<string>> CapturedAsync() =>
        [.. (await world.Sandbox.LedgerAsync()).Where(charge => (int)charge!["captured"]! > 0)
            .Select(charge => (string)charge!["merchantTransactionId"]!).Order()];

    private async Task<string[]> ChargesOfAsync(string type)
    {
        var ids = await world.QueryAsync<string[]>(
            "select array_agg(distinct data -> 'Charge' ->> 'MerchantTransactionId') from mt_events where type = $1",
            type);

        return [.. (ids ?? []).Order()];
    }

    /// <summary>A lock on a whole table, until it is released.</summary>
    private sealed class TableLock(NpgsqlConnection connection) : IAsyncDisposable
    {
        public static async Task<TableLock> TakeAsync(World world, string table, string mode)
        {
            var connection = await world.DataSource.OpenConnectionAsync();
            await using var command = new NpgsqlCommand($"begin; lock table {table} in {mode} mode", connection);
            await command.ExecuteNonQueryAsync();

            return new TableLock(connection);
        }

        public async Task ReleaseAsync()
        {
            await using var command = new NpgsqlCommand("rollback", connection);
            await command.ExecuteNonQueryAsync();
        }

        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}
