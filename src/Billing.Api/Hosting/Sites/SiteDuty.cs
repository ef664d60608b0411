namespace Billing.Api.Hosting.Sites;

/// <summary>Recurring work of sites: finds those that have something to do, and works for each by itself.</summary>
/// <remarks>A site whose work takes long, or fails, keeps no other site waiting.</remarks>
internal sealed class SiteDuty(
    string name, IReadOnlyCollection<string> sites, TimeSpan interval, NodeHealth health, ILogger log)
{
    private readonly Dictionary<string, Task[]> loopsOf = [];

    /// <param name="find">
    /// Those of the given sites that have something to do. Asked at each interval about sites with a loop that has
    /// ended.
    /// </param>
    /// <param name="work">Works once for a site; returns the wait before the next time, null to end the loop.</param>
    /// <param name="loops">How many loops work for a site at the same time.</param>
    public async Task RunAsync(
        Func<string[], Task<IReadOnlyList<string>>> find, Func<string, Task<TimeSpan?>> work, int loops,
        CancellationToken ct)
    {
        foreach (var site in sites)
        {
            loopsOf[site] = [.. Enumerable.Repeat(Task.CompletedTask, loops)];
        }

        await Duty.RunAsync(name, log, async () =>
        {
            var free = sites.Where(site => loopsOf[site].Any(loop => loop.IsCompleted)).ToArray();

            foreach (var site in health.IsClockOff ? [] : await find(free))
            {
                loopsOf[site] = [.. loopsOf[site].Select(loop => loop.IsCompleted ? WorkAsync(site) : loop)];
            }

            return interval;
        }, ct);
        await Task.WhenAll(loopsOf.Values.SelectMany(all => all));

        Task WorkAsync(string site) => Duty.RunAsync(
            name, log, () => health.IsClockOff ? Task.FromResult<TimeSpan?>(null) : work(site), ct);
    }
}
