using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Streams;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Marten;

namespace Billing.Api.Mandates;

/// <summary>Imports preapprovals that only the gateway has, and asks again about mandates that have an owner.</summary>
public sealed class Recovery(
    IDocumentStore store, IPaymentGateway gateway, StreamDirectory directory, PreapprovalStreams streams,
    PreapprovalDecisions decisions, MandateCalls calls, BusinessClock clock)
{
    /// <summary>Reads the newest preapprovals of a site and imports those that are not known here.</summary>
    /// <returns>The gateway's ids of the imported ones, or null when the gateway could not be asked.</returns>
    public async Task<IReadOnlyList<int>?> RunAsync(string site, int limit, string by, CancellationToken ct)
    {
        if (await gateway.ListMandatesAsync(site, limit, ct) is not { } shown)
        {
            return null;
        }

        var recovered = new List<int>();

        foreach (var id in shown.Select(row => row.Gateway.PreapprovalId))
        {
            // The list has limited detail; one that cannot be read whole is left for another run.
            if (await directory.ByGatewayIdAsync(site, id, ct) is null
                && await gateway.ReadMandateAsync(site, id, ct) is MandateResult.Confirmed { Value: var mandate })
            {
                await ImportAsync(site, mandate, new EventSource(by), ct);
                recovered.Add(id);
            }
        }

        return recovered;
    }

    /// <summary>Asks the gateway again about every create, change and close that an owner has.</summary>
    /// <returns>How many were asked about.</returns>
    public async Task<int> AskAgainAsync(string site, string by, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);
        var owned = await session.Query<Preapproval>().Where(state => state.Owner != null).ToListAsync(ct);
        var asked = 0;

        foreach (var state in owned.Where(state => state.Unsettled?.Call.Owner is not null))
        {
            await calls.LookUpAsync(site, state, "", state.Unsettled!.Call, ct);
            asked++;
        }

        return asked;
    }

    // A mandate with the id of a create whose end was never seen is the answer to that create.
    private async Task ImportAsync(string site, MandateSnapshot mandate, EventSource source, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);

        if (await directory.ByMerchantPreapprovalIdAsync(site, mandate.Terms.MerchantPreapprovalId, ct) is { } known
            && await streams.FoldOpenedAsync(session, known, ct) is { } state)
        {
            await calls.RecordFoundAsync(
                site, known, mandate, MandateDifferences.Between(site, state, mandate), source);
            return;
        }

        var id = Guid.CreateVersion7();
        await decisions.DecideAsync(
            site, id, source, state => PreapprovalDecider.Recover(state, id, mandate, clock.GetUtcNow()), "recover");
    }
}
