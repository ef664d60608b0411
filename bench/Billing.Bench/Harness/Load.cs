using System.Diagnostics;

namespace Billing.Bench.Harness;

/// <summary>Callers that ask again as soon as they are answered.</summary>
internal static class Load
{
    /// <param name="callers">How many at once.</param>
    /// <param name="time">How long; whoever asks then is still waited for.</param>
    /// <param name="ask">The caller's number; returns how many units it did.</param>
    /// <returns>Units per second.</returns>
    public static async Task<double> PerSecondAsync(int callers, TimeSpan time, Func<int, Task<int>> ask)
    {
        var watch = Stopwatch.StartNew();
        var done = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var units = 0L;
            while (watch.Elapsed < time)
            {
                units += await ask(caller);
            }

            return units;
        })));

        return done.Sum() / watch.Elapsed.TotalSeconds;
    }

    /// <returns>Units per second of one piece of work.</returns>
    public static async Task<double> PerSecondAsync(Func<Task<long>> work)
    {
        var watch = Stopwatch.StartNew();
        var units = await work();

        return units / watch.Elapsed.TotalSeconds;
    }
}
