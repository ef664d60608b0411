using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Billing.Api.Tests.Simulating;

/// <summary>A simulation of each seed, a few at once, and what must hold at its end.</summary>
/// <remarks>
/// BILLING_SIM_SEEDS: number of seeds; _FROM: the first; _AT_ONCE: how many in parallel; _SUBSCRIPTIONS (at least ten)
/// and _DAYS (at least some hundred): the size of a world; _LOG: a file that gets a line for each.
/// </remarks>
public sealed class Years : IAsyncLifetime
{
    private readonly Dictionary<int, TaskCompletionSource> ends = Seeds.ToDictionary(
        seed => seed, _ => new TaskCompletionSource());
    private readonly List<int> waiting = [.. Seeds];
    private readonly Task[] workers;
    private readonly ConcurrentDictionary<string, long> occurrences = [];
    private readonly Lock sharing = new();

    public Years() => workers = [.. Enumerable.Range(0, Setting("AT_ONCE", 3)).Select(_ => Task.Run(WorkAsync))];

    public static IEnumerable<int> Seeds => Enumerable.Range(Setting("FROM", 1), Setting("SEEDS", 3));

    private static int Subscriptions => Setting("SUBSCRIPTIONS", 30);

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Those that no test has asked for come to their end too, and leave nothing behind.</summary>
    public async Task DisposeAsync()
    {
        await Task.WhenAll(workers);
        await Task.WhenAll(ends.Values.Select(end => end.Task)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Throws what was wrong with it.</summary>
    public Task EndOfAsync(int seed)
    {
        lock (sharing)
        {
            // Next, so that each test ends while the runner still waits for it.
            if (waiting.Remove(seed))
            {
                waiting.Insert(0, seed);
            }
        }

        return ends[seed].Task;
    }

    /// <summary>How often each of <see cref="Occurrences"/> came about in the lives of all seeds.</summary>
    public async Task<IReadOnlyDictionary<string, long>> OccurrencesAsync()
    {
        await Task.WhenAll(ends.Values.Select(end => end.Task)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        return occurrences;
    }

    private async Task WorkAsync()
    {
        while (Next() is { } seed)
        {
            var took = Stopwatch.StartNew();

            try
            {
                Say($"Seed {seed}: {await LiveAsync(seed)}, {took.Elapsed.TotalSeconds:0} s");
                ends[seed].SetResult();
            }
#pragma warning disable CA1031 // The waiting test rethrows it.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Say($"Seed {seed}: FAILED after {took.Elapsed.TotalSeconds:0} s: {e.Message}");
                ends[seed].SetException(e);
            }
        }
    }

    private int? Next()
    {
        lock (sharing)
        {
            if (waiting.Count == 0)
            {
                return null;
            }

            var seed = waiting[0];
            waiting.RemoveAt(0);

            return seed;
        }
    }

    private async Task<string> LiveAsync(int seed)
    {
        var simulation = new Simulation(seed, Subscriptions, Setting("DAYS", 730));
        await using var world = await simulation.RunAsync();
        var money = await Invariants.OfAsync(world);
        var came = await Occurrences.OfAsync(world);
        came.Add(Occurrences.Restores, simulation.Restores);

        foreach (var (name, times) in came)
        {
            occurrences.AddOrUpdate(name, times, (_, before) => before + times);
        }

        await money.NoPeriodIsPaidTwiceUnsaidAsync();
        await money.EveryCapturedChargeHasItsEventAsync();
        await money.EveryIntentEndsAsync();
        await money.ViewsEqualReplayAsync();
        await money.EachPaymentKeepsTheSameAsync();
        await money.SumsAreEqualAsync();
        await money.NothingIsChargedEarlyAsync();
        await money.NoPlanHasMorePeriodsThanItSaysAsync();
        await DailyReports.AssertSameAsync(world, money.Moved, money.AnsweredAtOnce);

        var summary = $"{money.Captured} captured, {simulation.Restarts} restarts, "
            + $"{simulation.FiredRules} kinds of trouble, {simulation.Healed} healed by the walk, "
            + $"{money.PaidTwiceInLostDays} paid twice in lost days; "
            + string.Join(", ", came.Select(one => $"{one.Value} {one.Key}"));
        Assert.True(
            simulation.Healed <= 5 + (money.Captured / 50),
            $"Notifications and look-ups find too little by themselves: {summary}.");
        Assert.True(
            money.Captured > 5 * Subscriptions && simulation.Restarts >= 4 && simulation.FiredRules >= 25,
            $"Too peaceful: {summary}.");

        return summary;
    }

    private void Say(string line)
    {
        Console.WriteLine(line);

        if (Environment.GetEnvironmentVariable("BILLING_SIM_LOG") is { } path)
        {
            lock (sharing)
            {
                File.AppendAllLines(path, [line]);
            }
        }
    }

    private static int Setting(string name, int fallback) => int.Parse(
        Environment.GetEnvironmentVariable($"BILLING_SIM_{name}") ?? $"{fallback}", CultureInfo.InvariantCulture);
}
