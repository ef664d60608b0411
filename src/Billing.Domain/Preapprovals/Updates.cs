using Billing.Domain.Gateway;

namespace Billing.Domain.Preapprovals;

/// <summary>What was learnt of a charge, and how.</summary>
/// <param name="AskedAt">Real clock: when this answer was asked for; null for a notification.</param>
/// <param name="Send">Which send of the id was asked about, from 1; null: any.</param>
public sealed record ChargeUpdate(
    string MerchantTransactionId, ChargeResult Answer, LearntFrom From, DateTimeOffset? AskedAt = null,
    int? Send = null)
{
    /// <summary>"Not known" is about one send only. A payment and a refusal are facts whenever they come.</summary>
    public bool IsOutdated(Charge charge) =>
        Answer is ChargeResult.NotFound or ChargeResult.Unknown or ChargeResult.Duplicate && Send is { } send
            && send != charge.Sends;
}

/// <summary>What was learnt of a refund that we asked for.</summary>
/// <param name="Reference">Its MerchantTransactionID.</param>
/// <param name="AskedAt"><inheritdoc cref="ChargeUpdate" path="/param[@name='AskedAt']"/></param>
/// <param name="Send">Which send of the reference was asked about, from 1; null: any.</param>
public sealed record RefundUpdate(
    string Reference, RefundResult Answer, LearntFrom From, DateTimeOffset? AskedAt = null, int? Send = null)
{
    /// <inheritdoc cref="ChargeUpdate.IsOutdated"/>
    public bool IsOutdated(Refund refund) =>
        Answer is RefundResult.NotFound or RefundResult.Unknown or RefundResult.Duplicate && Send is { } send
            && send != refund.Sends;
}

/// <summary>What was learnt of a create, change or close that we asked for.</summary>
/// <param name="AskedAt"><inheritdoc cref="ChargeUpdate" path="/param[@name='AskedAt']"/></param>
/// <param name="Send">Which send was asked about, from 1; null: any.</param>
/// <param name="Differences">How the shown mandate differs from what we asked for, by opened values.</param>
/// <param name="Found">
/// After <c>Duplicate</c>: the mandate that the gateway has under our id; null when a look-up did not find it.
/// </param>
public sealed record MandateUpdate(
    MandateResult Answer, LearntFrom From, DateTimeOffset? AskedAt = null, int? Send = null,
    IReadOnlyList<Difference>? Differences = null, MandateSnapshot? Found = null)
{
    internal bool IsOfAnotherSend(OutboundCall call) => Send is { } send && send != call.Sends;
}
