using Billing.Domain.Preapprovals;

namespace Billing.Api.Hosting.Outbound;

/// <summary>What the resolver does about a call to the gateway that has no outcome yet.</summary>
/// <remarks>Each method records what it learns. Neither throws for what the gateway or the network did.</remarks>
public interface IOutboundOperation
{
    IReadOnlyCollection<OutboundOperation> Operations { get; }

    /// <summary>Asks the gateway for the outcome and records it; sends again where the rules say so.</summary>
    /// <param name="state">The decision state in which the call was found; it may be out of date.</param>
    /// <param name="key">MerchantTransactionID of a charge, key of a refund, empty for the mandate.</param>
    Task LookUpAsync(string site, Preapproval state, string key, OutboundCall call, CancellationToken ct);

    /// <summary>Sends a call that was recorded as not sent.</summary>
    /// <inheritdoc cref="LookUpAsync"/>
    Task SendAgainAsync(string site, Preapproval state, string key, OutboundCall call, CancellationToken ct);
}
