using System.Text.Json.Serialization;

namespace Billing.Domain.Preapprovals;

/// <remarks>What the resolver's query reads; the properties are columns of the stored state.</remarks>
public sealed partial record Preapproval
{
    /// <summary>Everything that was asked of the gateway and has no final outcome.</summary>
    /// <returns>
    /// Key: MerchantTransactionID of a charge, <see cref="Refund.Key"/> of a refund, empty for the mandate.
    /// </returns>
    [JsonIgnore]
    public IEnumerable<(OutboundOperation Operation, string Key, OutboundCall Call)> OpenCalls
    {
        get
        {
            if (Unsettled is { Call: var asked })
            {
                yield return (asked.Operation, "", asked);
            }

            foreach (var charge in Charges.Values)
            {
                if (charge.Call is { } call)
                {
                    yield return (OutboundOperation.Charge, charge.Id.MerchantTransactionId, call);
                }

                foreach (var refund in charge.Refunds.Values.Where(refund => refund.Call is not null))
                {
                    yield return (OutboundOperation.Refund, refund.Key, refund.Call!);
                }
            }
        }
    }

    /// <summary>Business time: the earliest look-up, or send of what was not sent.</summary>
    public DateTimeOffset? NextLookUpAt => OpenCalls.Select(open => open.Call.NextLookUpAt).Min();

    /// <summary>Real clock: the earliest send window of a call that nothing is known of.</summary>
    public DateTimeOffset? OldestIntent => OpenCalls
        .Where(open => open.Call.State is OutboundState.Requested)
        .Select(open => (DateTimeOffset?)open.Call.WindowStart)
        .Min();

    /// <summary>
    /// Business time since which a create, change or close with an owner has been unknown; null when there is none.
    /// </summary>
    public DateTimeOffset? MandateOwnedSince => Unsettled is { Call: { Owner: not null } call }
        ? call.UnknownSince ?? call.RequestedAt
        : null;

    /// <summary>Who has to decide about one of the calls; null when none needs it.</summary>
    public string? Owner => OpenCalls.Select(open => open.Call.Owner).FirstOrDefault(owner => owner is not null);
}
