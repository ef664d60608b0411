namespace Billing.Api.Hosting.Sites;

/// <summary>Recurring work of sites: finds those that have something to do, and works for each by itself.</summary>
/// <remarks>A site whose work takes long, or fails, keeps no other site waiting.</remarks>
internal sealed class SiteDuty(
    string name, IReadOnlyCollection<string> sites, TimeSpan interval, NodeHealth health, ILogger log)
{
    private readonly Dictionary<string, Task> working = [];

    /// <param name="find">
    /// Those of the given sites that have something to do. Asked at each interval about sites whose work does not go on.
    /// </param>
    /// <param name="work">Works once for a site; returns the wait before the next time, null when all is done.</param>
    /// <param name="loops">How many loops work for a site at the same time.</param>
    public async Task RunAsync(
        Func<string[], Task<IReadOnlyList<string>>> find, Func<string, Task<TimeSpan?>> work, int loops, CancellationToken ct)
    {
        await Duty.RunAsync(name, log, async () =>
        {
            var free = sites.Where(site => working.GetValueOrDefault(site) is not { IsCompleted: false }).ToArray();

            foreach (var site in health.IsClockOff ? [] : await find(free))
            {
                working[site] = Task.WhenAll(Enumerable.Range(0, loops).Select(_ => WorkAsync(site)));
            }

            return interval;
        }, ct);
        await Task.WhenAll(working.Values);

        Task WorkAsync(string site) => Duty.RunAsync(name, log, () => work(site), ct);
    }
}
