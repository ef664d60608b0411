using Billing.Api.Reconciliation;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Specs;

internal static class Comparison
{
    /// <summary>Compares a site with the gateway once the service's own run has ended.</summary>
    public static async Task<ReconciliationRun> CompareAsync(this World world, ReconciliationRun wanted)
    {
        ReconciliationRun? done = null;
        await Waiting.Until("the comparison has its turn", async () =>
            (done = await world.Services.GetRequiredService<Reconciler>()
                .BeginAsync(wanted, _ => { }, default)) is not null);

        return done!;
    }
}
