using System.Diagnostics;
using System.Globalization;

namespace Billing.Api.Tests.Simulating;

/// <summary>A simulation of each seed, a few at once, and what must hold at its end.</summary>
/// <remarks>BILLING_SIM_SEEDS says how many seeds, BILLING_SIM_FROM the first, _AT_ONCE how many beside each other, _SUBSCRIPTIONS and _DAYS how much of a world each of them is (at least some hundred days of some ten subscriptions, or it is too peaceful); _LOG a file that gets a line of each.</remarks>
public sealed class Years : IAsyncLifetime
{
    private readonly SemaphoreSlim atOnce = new(Setting("AT_ONCE", 2));
    private readonly Dictionary<int, Task> ends;
    private readonly Lock writing = new();

    public Years() => ends = Seeds.ToDictionary(seed => seed, seed => Task.Run(() => EndAsync(seed)));

    public static IEnumerable<int> Seeds => Enumerable.Range(Setting("FROM", 1), Setting("SEEDS", 3));

    private static int Subscriptions => Setting("SUBSCRIPTIONS", 200);

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Those that no test has asked for come to their end too, and leave nothing behind.</summary>
    public async Task DisposeAsync()
    {
        await Task.WhenAll(ends.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        atOnce.Dispose();
    }

    /// <summary>Throws what was wrong with it.</summary>
    public Task EndOfAsync(int seed) => ends[seed];

    private async Task EndAsync(int seed)
    {
        await atOnce.WaitAsync();
        var took = Stopwatch.StartNew();

        try
        {
            Say($"Seed {seed}: {await LiveAsync(seed)}, {took.Elapsed.TotalSeconds:0} s");
        }
        catch (Exception e)
        {
            Say($"Seed {seed}: FAILED after {took.Elapsed.TotalSeconds:0} s: {e.Message}");
            throw;
        }
        finally
        {
            atOnce.Release();
        }
    }

    private static async Task<string> LiveAsync(int seed)
    {
        var simulation = new Simulation(seed, Subscriptions, Setting("DAYS", 730));
        await using var world = await simulation.RunAsync();
        var money = await Invariants.OfAsync(world);

        await money.NoPeriodIsPaidTwiceUnsaidAsync();
        await money.EveryCapturedChargeHasItsEventAsync();
        await money.EveryIntentEndsAsync();
        await money.ViewsEqualReplayAsync();
        money.SumsAreEqual();

        var said = $"{money.Captured} captured, {simulation.Restarts} restarts, {simulation.FiredRules} kinds of trouble, {simulation.Healed} healed by the walk";
        Assert.True(simulation.Healed <= 5 + (money.Captured / 50), $"Notifications and look-ups find too little by themselves: {said}.");
        Assert.True(money.Captured > 10 * Subscriptions && simulation.Restarts >= 4 && simulation.FiredRules >= 25, $"Too peaceful: {said}.");

        return said;
    }

    private void Say(string line)
    {
        Console.WriteLine(line);

        if (Environment.GetEnvironmentVariable("BILLING_SIM_LOG") is { } path)
        {
            lock (writing)
            {
                File.AppendAllLines(path, [line]);
            }
        }
    }

    private static int Setting(string name, int fallback) => int.Parse(Environment.GetEnvironmentVariable($"BILLING_SIM_{name}") ?? $"{fallback}", CultureInfo.InvariantCulture);
}
