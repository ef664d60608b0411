using Billing.Api.Hosting;
using Billing.Api.Hosting.Sites;
using Billing.Gateway;
using Marten;

namespace Billing.Api.Notifications;

/// <summary>Erases old bodies, and removes what was dismissed. Open ones stay, without their body.</summary>
public sealed class QuarantineUpkeep(
    IDocumentStore store, SiteRegister sites, TimeProvider realTime, GatewayOptions options)
{
    // After a long stop it is done in several runs.
    private const int MostAtOnce = 1_000;

    /// <returns>How many were erased or removed.</returns>
    public Task<int> RunOnceAsync(CancellationToken ct) =>
        SiteRegister.SumOfEachAsync(sites.Ids, site => RunOnceAsync(site, ct), ct);

    private async Task<int> RunOnceAsync(string site, CancellationToken ct)
    {
        var before = realTime.GetUtcNow() - options.KeepAnswers;
        await using var session = store.LightweightSession(site);
        var old = await session.Query<QuarantinedResponse>()
            .Where(one => one.ReceivedAt < before)
            .Where(one => one.Body != null || one.Status == QuarantinedResponse.Dismissed)
            .OrderBy(one => one.ReceivedAt).Take(MostAtOnce).ToListAsync(ct);

        foreach (var one in old)
        {
            if (one.Status == QuarantinedResponse.Dismissed)
            {
                session.Delete(one);
            }
            else
            {
                session.TryUpdateRevision(one with { Body = null }, one.Version + 1);
            }
        }

        if (old.Count > 0)
        {
            await session.SaveChangesAsync(ct);
        }

        return old.Count;
    }
}
