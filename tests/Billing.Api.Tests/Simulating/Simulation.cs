using System.Diagnostics;
using System.Text.Json.Nodes;
using Billing.Api.Reconciliation;
using Billing.Api.Tests.Crashing;
using Billing.Api.Tests.Specs;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Simulating;

/// <summary>
/// Years of many subscriptions, from one seed: two nodes, a misbehaving gateway, changes, and crashes.
/// </summary>
internal sealed class Simulation(int seed, int subscriptions, int days)
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // What is waited for in real time is as short as it may be: business time has to wait for it.
    private static readonly Dictionary<string, string?> Settings = new(Doomed.Hasty)
    {
        ["Gateway__TimeoutSeconds"] = "1", ["Charging__SendWindowSeconds"] = "1.5",
        ["Charging__AnswerWithinSeconds"] = "1", ["Charging__AskAgainSeconds"] = "0.1",
        ["Jobs__RetrySeconds__0"] = "0.1", ["Jobs__RetrySeconds__1"] = "0.2", ["Jobs__RetrySeconds__2"] = "0.5",
        ["Jobs__RetrySeconds__3"] = "1", ["Jobs__RetrySeconds__4"] = "2",
        ["Jobs__IntervalMilliseconds"] = "300", ["Drift__CallsPerSecond"] = "1000",
        ["Logging__LogLevel__Default"] = "Error",
    };

    private static readonly Dictionary<string, string?> Patient = new(Settings)
    {
        ["Gateway__TimeoutSeconds"] = "20",
        ["Charging__SendWindowSeconds"] = "25",
        ["Charging__AnswerWithinSeconds"] = "24",
    };

    private readonly Random random = new(seed);

    /// <summary>How often a node was killed or restarted.</summary>
    public int Restarts { get; private set; }

    /// <summary>How often the database was restored to a backup of some days ago.</summary>
    public int Restores { get; private set; }

    /// <summary>What only the comparison with the gateway brought to light, and mended.</summary>
    public long Healed { get; private set; }

    /// <summary>How many of the gateway's misbehaviours came about.</summary>
    public int FiredRules { get; private set; }

    public async Task<World> RunAsync()
    {
        var world =
            await World.WithoutServiceAsync(new Dictionary<string, string?> { ["Sandbox__ClockStart"] = $"{Start:O}" });

        try
        {
            // Subscribing may take longer on a busy machine.
            await world.StartServiceAsync();
            var crowd = await Crowd.GatherAsync(world, subscriptions, random);
            await world.StopServiceAsync();
            await world.StartServiceAsync(Settings);
            await LiveAsync(world, new RandomActions(world, crowd, random));
            FiredRules = (await world.Sandbox.GetAsync("sandbox/scenarios"))["rules"]!.AsArray()
                .Count(rule => (int)rule!["fired"]! > 0);
            await ComeToRestAsync(world, crowd);
            await CompareAsync(world);

            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    private async Task LiveAsync(World world, RandomActions actions)
    {
        await world.Sandbox.PutAsync("sandbox/scenarios", RandomScenarios.Of(seed));
        var other = Swarm.Start(world, 1, Settings);

        try
        {
            for (var (day, step) = (0.0, 0); day < days; step++)
            {
                // Mostly days; now and then the hours of a look-up or a retry.
                var hours = random.Next(5) == 0 ? 1 + random.Next(20) : 24 * (2 + random.Next(12));
                day += hours / 24.0;
                await world.Sandbox.AdvanceAsync($"PT{hours}H");
                await actions.SomeAsync();

                if (step % 40 == 7 + (seed % 5))
                {
                    await other.DisposeAsync();
                    other = Swarm.Start(world, 1, Settings);
                    Restarts++;
                }

                if (step == 26 + (seed % 5))
                {
                    await other.DisposeAsync();
                    await LoseDaysAsync(world);
                    Restores++;
                    other = Swarm.Start(world, 1, Settings);
                    Restarts++;
                }

                if (step % 60 == 20 + (seed % 5))
                {
                    await world.StopServiceAsync();
                    await world.StartServiceAsync(Settings);
                    Restarts++;
                }

                await UntilQuietAsync(world);
            }
        }
        finally
        {
            await other.DisposeAsync();
        }
    }

    // The database is restored to a backup of some days ago, and what fell due since is decided late. The gateway has
    // charges that it no longer knows: of dates that are charged again, under the same ids, and of dates that the
    // catch-up rule skips.
    private async Task LoseDaysAsync(World world)
    {
        await UntilQuietAsync(world);
        await world.StopServiceAsync();
        var backup = await world.BackUpAsync();
        await world.StartServiceAsync(Settings);

        for (var day = 0; day < 3; day++)
        {
            await world.Sandbox.AdvanceAsync($"P{1 + random.Next(12)}D");
            await UntilQuietAsync(world);
        }

        await world.StopServiceAsync();
        await world.RestoreAsync(backup);
        await world.StartServiceAsync(Settings);
    }

    // An unknown outcome waits for real seconds before it is looked up; business time goes on meanwhile.
    private static async Task UntilQuietAsync(World world)
    {
        for (var (patience, quiet) = (Stopwatch.StartNew(), 0); quiet < 2;)
        {
            var (ours, theirs) = (
                JsonNode.Parse(await world.Anonymous.GetStringAsync("sandbox/idle"))!,
                await world.Sandbox.GetAsync("sandbox/idle"));
            quiet = (bool)ours["isCaughtUp"]!
                && (long)ours["due"]! + (long)ours["waiting"]! + (long)ours["sending"]! == 0 && (bool)theirs["idle"]!
                ? quiet + 1
                : 0;
            Assert.True(
                patience.Elapsed < TimeSpan.FromSeconds(120),
                $"Never quiet. Ours: {ours.ToJsonString()} Gateway: {theirs.ToJsonString()}");
            await Task.Delay(quiet == 0 ? 60 : 10);
        }
    }

    // Nothing more falls due, and the gateway behaves. Look-ups, retries and what is pending come to their end.
    private static async Task ComeToRestAsync(World world, IReadOnlyList<Customer> crowd)
    {
        await Task.WhenAll(crowd.Select(async customer =>
        {
            using var paused = await world.Storefront.PostAsync($"v1/subscriptions/{customer.Id}/pause", null);
        }));
        await world.Sandbox.BehaveAsync();
        await world.UntilIdle();

        foreach (var duration in (string[])[
            "PT2H", "P1D", "P1D", "P2D", "P4D", "P8D", "P1D", "P1D", "P1D", "P1D", "P1D", "PT2H"
        ])
        {
            await world.AdvanceAsync(duration);
        }
    }

    // Reconciliation finds lost and outdated notifications; a second run finds nothing.
    private async Task CompareAsync(World world)
    {
        // Reconciliation may take longer on a busy machine.
        await world.StopServiceAsync();
        await world.StartServiceAsync(Patient);
        Healed = (await WalkAsync(world)).Healed;
        await world.UntilIdle();
        Assert.Equal(0, (await WalkAsync(world)).Found);
    }

    private static async Task<ReconciliationRun> WalkAsync(World world)
    {
        var all = ReconciliationSchedule.Begin(
            "30201", Start, await world.Sandbox.NowAsync(), heal: true, "simulation");
        ReconciliationRun? walk = null;

        // The service's own run may be under way: there is one at a time.
        await Waiting.Until("the comparison has its turn", async () =>
            (walk = await world.Services.GetRequiredService<Reconciler>()
                .BeginAsync(all, _ => { }, default)) is not null);
        Assert.True(walk is { IsDone: true, Unasked: 0 }, $"{walk}");

        return walk!;
    }
}
