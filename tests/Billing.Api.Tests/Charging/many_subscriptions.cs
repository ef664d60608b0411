using System.Diagnostics;
using Billing.Api.Tests.Auditing;
using Billing.Api.Tests.Specs;
using Xunit.Abstractions;

namespace Billing.Api.Tests.Charging;

[Keeps(Promise.NeverChargedTwice)]
public class many_subscriptions(many_subscriptions.Roomy shared, ITestOutputHelper output)
    : IClassFixture<many_subscriptions.Roomy>
{
    private const int Many = 300;
    private const int Questions = 20;

    private readonly World world = shared.World;

    [Fact]
    public async Task three_hundred_that_are_due_at_once_are_charged_once_each_within_seconds()
    {
        var subscribers = new Subscriber[Many];
        await Parallel.ForAsync(0, Many, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            subscribers[i] = await Subscriber.Pending(world, Subscriber.Schedule(firstDueOn: "2030-01-11"));
            await world.Sandbox.ApproveAsync(subscribers[i].GatewayId);
        });
        await world.UntilIdle();

        var stopwatch = Stopwatch.StartNew();
        await world.AdvanceAsync("P1D");
        output.WriteLine($"{Many} charges in {stopwatch.Elapsed.TotalSeconds:F1} s, "
            + $"{Many / stopwatch.Elapsed.TotalSeconds:F0} per second, notifications included");

        var ledger = await world.Sandbox.LedgerAsync();
        Assert.Equal(
            subscribers.Select(subscriber => subscriber.ChargeId("300111")).Order(),
            ledger.Select(charge => (string)charge!["merchantTransactionId"]!).Order());
        Assert.All(ledger, charge => Assert.Equal((1, 1), ((int)charge!["received"]!, (int)charge["captured"]!)));
        Assert.True(stopwatch.Elapsed < TimeSpan.FromMinutes(2), $"It took {stopwatch.Elapsed}.");
        await Witness.OneTruthAsync(world, subscribers[..20]);
        await NothingDueIsFoundByIndexesAsync();
    }

    // As soon as PostgreSQL knows that the table is large. It counts a scan some seconds after it.
    private async Task NothingDueIsFoundByIndexesAsync()
    {
        await world.DataSource.DoAsync("analyze mt_doc_subscription");
        var (scans, questions) = (await TableScansAsync(), await QuestionsAsync());
        await Waiting.Until("it was often asked what is due, and never by reading the table", async () =>
        {
            if (await TableScansAsync() is var now && now != scans)
            {
                (scans, questions) = (now, await QuestionsAsync());
            }

            return await QuestionsAsync() >= questions + Questions;
        });

        Task<long> TableScansAsync() => world.QueryAsync<long>(
            "select seq_scan from pg_stat_user_tables where relname = 'mt_doc_subscription'");
        Task<long> QuestionsAsync() => world.QueryAsync<long>(
            "select min(idx_scan) from pg_stat_user_indexes where indexrelname ~ 'next_(due|retry|look_up)_at'");
    }

    /// <summary>As many calls at once as a service makes by itself.</summary>
    public sealed class Roomy : SharedWorld
    {
        protected override Dictionary<string, string?> Settings =>
            new(base.Settings) { ["Charging__MaxInFlight"] = "64" };
    }
}
