using System.Diagnostics;
using System.Globalization;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Crashing;

/// <summary>
/// Two nodes, and a gateway that accepts every send. SIGKILL ends one node at each point; at the end both.
/// </summary>
/// <remarks>BILLING_CRASH_SEEDS=20 goes through it with twenty seeds, about a minute each; one by default.</remarks>
public sealed class CrashMatrix
{
    private const int MostCustomers = 10;
    private const int CustomersOfWave = 5;

    private readonly Dictionary<int, Task<IReadOnlyDictionary<Point, Crash>>> crashes = [];

    public static int Seeds =>
        int.Parse(Environment.GetEnvironmentVariable("BILLING_CRASH_SEEDS") ?? "1", CultureInfo.InvariantCulture);

    /// <summary>What became of the customers of one point.</summary>
    /// <param name="UnderWay">Charges of a wave that the gateway had received, without an outcome at the crash.</param>
    /// <param name="Wrong">Each customer whose period is not charged once, and why that is known.</param>
    public sealed record Crash(int ExitCode, int Customers, int UnderWay, string[] Wrong);

    /// <summary>The first who asks for a seed goes through all of its points.</summary>
    public async Task<Crash> AtAsync(int seed, Point point) =>
        (await (crashes.TryGetValue(seed, out var known) ? known : crashes[seed] = GoThroughAsync(seed)))[point];

    private static async Task<IReadOnlyDictionary<Point, Crash>> GoThroughAsync(int seed)
    {
        var random = new Random(seed);
        var notified = new Uri($"http://127.0.0.1:{LocalMachine.FreePort()}/");
        var forgetful = new Dictionary<string, string?>(
            Node.Forgetful)
        { ["Sandbox__Sites__30201__NotificationUrl"] = $"{notified}v1/notifications" };
        await using var world = await World.WithoutServiceAsync(forgetful);
        var customers = new Dictionary<Point, List<Subscriber>>();
        var pending = new Queue<Subscriber>();
        var exits = new Dictionary<Point, int>();
        var underWay = new Dictionary<Point, int>();

        await using (var staying = await Node.StartAsync(world, settings: Doomed.Slow))
        {
            // Look-ups need a moved clock, and until it is moved nothing that was lost may be found by them.
            // Waves come first: no customer of another point may be charged before them.
            foreach (var point in Point.All.OrderBy(point => point.IsLookUp).ThenByDescending(point => point.IsWave)
                .ThenBy(_ => seed == 1 ? 0 : random.Next()))
            {
                await PrepareAsync(world, pending, MostCustomers, random);
                await world.Sandbox.PutAsync("sandbox/scenarios", PointScenarios.Of(point, seed));
                await using var doomed = await Doomed.StartAsync(world, notified, Failpoints(point, random, seed));

                if (point.IsWave)
                {
                    // The other node would decide some of its charges.
                    await staying.PauseAsync();
                    customers[point] = await ApproveWaveAsync(world, pending);
                    exits[point] = await doomed.UntilExitAsync(TimeSpan.FromMinutes(3));
                    underWay[point] = await UnderWayAsync(world, customers[point]);
                    await staying.GoOnAsync();
                }
                else
                {
                    customers[point] = await ApproveUntilAsync(() => doomed.HasExited, world, point, pending);
                    exits[point] = await doomed.UntilExitAsync(TimeSpan.FromMinutes(3));
                }
            }

            await staying.KillAsync();
        }

        // The next nodes know only the database. Send window and time-out, the quiet period, two look-ups: then all is
        // known.
        await using var one = await Node.StartAsync(world, settings: Doomed.Hasty);
        await using var two = await Node.StartAsync(world, address: notified, settings: Doomed.Hasty);
        await world.UntilIdle();
        await world.AdvanceAsync("PT11M");
        await world.AdvanceAsync("PT61M");
        await world.AdvanceAsync("PT61M");
        await Witness.OneTruthAsync(world, [.. customers.Values.SelectMany(it => it)]);

        var crashes = new Dictionary<Point, Crash>();

        foreach (var point in Point.All)
        {
            var wrong = await Task.WhenAll(customers[point].Select(WrongAsync));
            crashes[point] = new Crash(
                exits[point], customers[point].Count, underWay.GetValueOrDefault(point), [.. wrong.OfType<string>()]);
        }

        return crashes;
    }

    private static Dictionary<string, string?> Failpoints(Point point, Random random, int seed) => new()
    {
        ["Failpoints__KillAt"] = point.KillAt,
        ["Failpoints__AfterMilliseconds"] =
            $"{(point.AfterMilliseconds == 0 ? 0 : point.AfterMilliseconds + (seed == 1 ? 0 : random.Next(6)))}",
        ["Failpoints__Pass"] = $"{(seed == 1 || point.IsLookUp || point.IsWave ? 0 : random.Next(3))}",
    };

    private static async Task<List<Subscriber>> ApproveWaveAsync(World world, Queue<Subscriber> pending)
    {
        List<Subscriber> wave = [.. Enumerable.Range(0, CustomersOfWave).Select(_ => pending.Dequeue())];
        await Task.WhenAll(wave.Select(one => world.Sandbox.ApproveAsync(one.GatewayId)));

        return wave;
    }

    private static async Task<int> UnderWayAsync(World world, List<Subscriber> wave)
    {
        var requested = await world.QueryAsync<string[]>(
            "select array_agg(merchant_transaction_id) from payment_history where status = 'requested'") ?? [];
        var received = (await world.Sandbox.LedgerAsync()).Select(it => (string)it!["merchantTransactionId"]!);

        return wave.Select(one => one.ChargeId("300110")).Intersect(requested).Intersect(received).Count();
    }

    private static async Task<List<Subscriber>> ApproveUntilAsync(
        Func<bool> isDead, World world, Point point, Queue<Subscriber> pending)
    {
        var approved = new List<Subscriber>();

        while (approved.Count < 2 || (!isDead() && !await IsReachedAsync(isDead, point, approved) && pending.Count > 0))
        {
            await ApproveAsync();

            if (!point.IsLookUp)
            {
                await DiesWithinAsync(TimeSpan.FromMilliseconds(600));
            }
        }

        if (point.IsLookUp)
        {
            await world.Sandbox.AdvanceAsync("PT6M");

            // The one that stays may have been quicker to ask: then for another customer.
            while (!await DiesWithinAsync(TimeSpan.FromSeconds(15)) && pending.Count > 0)
            {
                await ApproveAsync();
                await IsReachedAsync(isDead, point, approved);
                await world.Sandbox.AdvanceAsync("PT6M");
            }
        }

        return approved;

        async Task ApproveAsync()
        {
            var one = pending.Dequeue();

            if (point.Charge is { } action)
            {
                await one.Misbehave("charge", action);
            }

            await world.Sandbox.ApproveAsync(one.GatewayId);
            approved.Add(one);
        }

        async Task<bool> DiesWithinAsync(TimeSpan span)
        {
            for (var patience = Stopwatch.StartNew(); !isDead() && patience.Elapsed < span;)
            {
                await Task.Delay(20);
            }

            return isDead();
        }
    }

    // A look-up needs an unknown outcome. On a slow machine another node may have asked already, and found the charge.
    // A node that dies in a look-up of an earlier point's customer gets no notification; later nodes charge its
    // customers.
    private static async Task<bool> IsReachedAsync(Func<bool> isDead, Point point, List<Subscriber> approved)
    {
        var statuses = Array.Empty<string[]>();

        if (point.IsLookUp)
        {
            await Subscribers.Until(
                async () => isDead() || (statuses = await Task.WhenAll(approved.Select(one => one.Statuses())))
                    .All(it => it is ["unknown" or "charged"]),
                async () => string.Join(
                    "; ", await Task.WhenAll(approved.Select(async one => string.Join(' ', await one.Story())))));
        }

        return statuses.Any(it => it is ["unknown"]);
    }

    // Before the first crash: a create without an outcome is the subject of another test.
    private static async Task PrepareAsync(World world, Queue<Subscriber> pending, int count, Random random)
    {
        var amounts =
            Enumerable.Range(0, Math.Max(0, count - pending.Count)).Select(_ => 1000 + random.Next(9000)).ToList();

        foreach (var one in await Task.WhenAll(
            amounts.Select(amount => Subscriber.PendingAtLast(world, Subscribers.Once(amount)))))
        {
            pending.Enqueue(one);
        }
    }

    private static async Task<string?> WrongAsync(Subscriber subscriber)
    {
        var statuses = await subscriber.Statuses();
        var ledger = await subscriber.World.Sandbox.LedgerAsync(subscriber.ChargeId("300110"));

        return statuses is ["charged"] && (int?)ledger?["captured"] == 1
            ? null
            : $"{subscriber.MerchantPreapprovalId}: {string.Join(' ', statuses)}; "
                + $"{string.Join(' ', await subscriber.Story())}; "
                + $"{ledger?.ToJsonString() ?? "the gateway never received of it"}";
    }
}
