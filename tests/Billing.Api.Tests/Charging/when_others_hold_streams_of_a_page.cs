using System.Diagnostics;
using Billing.Api.Hosting.Streams;
using Billing.Api.Tests.Specs;
using Billing.Domain.Preapprovals;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace Billing.Api.Tests.Charging;

/// <summary>200 preapprovals are due at once while another transaction changes three of them.</summary>
[Keeps(Promise.NothingDueIsForgotten)]
public class when_others_hold_streams_of_a_page(
    when_others_hold_streams_of_a_page.OnePage shared, ITestOutputHelper output)
    : IClassFixture<when_others_hold_streams_of_a_page.OnePage>
{
    private const int Due = 200;
    private const int Held = 3;
    private const int MostDays = 4;
    private static readonly EventSource Source = new("test");
    private static readonly TimeSpan Promised = TimeSpan.FromMilliseconds(500);

    private readonly World world = shared.World;

    [Fact]
    public async Task the_others_are_charged_at_once_and_the_held_ones_as_soon_as_they_are_released()
    {
        var subscribers = await SubscribeAsync();
        var (held, others) = (subscribers[..Held], subscribers[Held..]);
        await using var session = world.Services.GetRequiredService<IDocumentStore>().LightweightSession("30201");
        await ChangeAsync(session, held);

        await world.Sandbox.AdvanceAsync("P1D");
        await Subscribers.Until(async () => (await CapturedAsync()).Length >= others.Length);

        Assert.Equal(others.Select(ChargeId).Order(), await CapturedAsync());
        Assert.Equal((0, 0), await RequestsAsync(held));
        Assert.Equal((others.Length, 1), await RequestsAsync(others));

        var took = new List<TimeSpan> { await ReleaseAsync(session, held, Held) };

        // A sweep that looks while they are being released may see some of them only.
        Assert.InRange((await RequestsAsync(held)).Commits, 1, 2);
        await world.UntilIdle();
        Assert.Equal(subscribers.Select(ChargeId).Order(), await CapturedAsync());
        Assert.All(await world.Sandbox.LedgerAsync(), charge => Assert.Equal(1, (int)charge!["received"]!));

        foreach (var subscriber in held)
        {
            Assert.Equal(
                ["schedule_paused", "schedule_resumed", "charge_requested", "payment_charged"],
                (await subscriber.Story())[^4..]);
        }

        // On a machine that stands still for a moment, the next days show it.
        while (took[^1] >= Promised && took.Count < MostDays)
        {
            took.Add(await HoldAndReleaseAsync(held, Held * (took.Count + 1)));
            await world.UntilIdle();
        }

        var days = string.Join(", ", took.Select(it => $"{it.TotalMilliseconds:0} ms"));
        output.WriteLine($"The {Held} were decided within {days} of their release.");
        Assert.True(took[^1] < Promised, $"It took {days}.");
        await Witness.OneTruthAsync(world, [.. held, .. others[..20]]);
    }

    private async Task<TimeSpan> HoldAndReleaseAsync(Subscriber[] held, int charges)
    {
        await using var session = world.Services.GetRequiredService<IDocumentStore>().LightweightSession("30201");
        await ChangeAsync(session, held);
        var captured = (await CapturedAsync()).Length;
        await world.Sandbox.AdvanceAsync("P31D");
        await Subscribers.Until(async () => (await CapturedAsync()).Length >= captured + Due - Held);

        return await ReleaseAsync(session, held, charges);
    }

    // The sweep looks for due sites every five seconds: no such look may be what finds them.
    private async Task<TimeSpan> ReleaseAsync(IDocumentSession session, Subscriber[] held, int charges)
    {
        var released = Stopwatch.StartNew();
        await session.SaveChangesAsync();
        await Subscribers.Until(async () => (await RequestsAsync(held)).Charges == charges);

        return released.Elapsed;
    }

    private static string ChargeId(Subscriber subscriber) => subscriber.ChargeId("300111");

    private async Task<Subscriber[]> SubscribeAsync()
    {
        var subscribers = new Subscriber[Due];
        await Parallel.ForAsync(0, Due, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            subscribers[i] = await Subscriber.Pending(world, Subscriber.Schedule(firstDueOn: "2030-01-11"));
            await world.Sandbox.ApproveAsync(subscribers[i].GatewayId);
        });
        await world.UntilIdle();

        return subscribers;
    }

    // The rows stay locked until the caller saves the session.
    private async Task ChangeAsync(IDocumentSession session, Subscriber[] held)
    {
        var (streams, now) = (world.Services.GetRequiredService<PreapprovalStreams>(), await world.Sandbox.NowAsync());
        var locked = await streams.LockAsync(session, held.Select(subscriber => subscriber.Id), default);

        foreach (var stream in locked.Values)
        {
            await streams.DecideAsync(session, stream, it => PreapprovalDecider.Pause(it!, now), Source, default);
            await streams.DecideAsync(session, stream, it => PreapprovalDecider.Resume(it!, now), Source, default);
        }

        await streams.AppendAsync(session, locked.Values, default);
    }

    private async Task<string[]> CapturedAsync() =>
        [.. (await world.Sandbox.LedgerAsync()).Where(charge => (int)charge!["captured"]! == 1)
            .Select(charge => (string)charge!["merchantTransactionId"]!).Order()];

    // Events of one commit have one transaction id.
    private async Task<(int Charges, int Commits)> RequestsAsync(Subscriber[] subscribers)
    {
        var counts = await world.QueryAsync<int[]>(
            """
            select array[count(*), count(distinct xmin::text)]::int[]
            from mt_events where type = 'charge_requested' and stream_id = any ($1)
            """,
            subscribers.Select(subscriber => subscriber.Id).ToArray());

        return (counts![0], counts[1]);
    }

    /// <summary>As many calls at once as one page has charges.</summary>
    public sealed class OnePage : SharedWorld
    {
        protected override Dictionary<string, string?> Settings =>
            new(base.Settings)
            {
                ["Charging__MaxInFlight"] = $"{Due}",
                ["Jobs__IntervalMilliseconds"] = "5000",
            };
    }
}
