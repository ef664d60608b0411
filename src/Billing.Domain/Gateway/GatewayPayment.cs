namespace Billing.Domain.Gateway;

/// <summary>
/// What the gateway said of a payment, as numbers and codes: enough to rebuild its Payment object; nothing personal.
/// </summary>
/// <param name="PaymentId">The gateway's numeric id; null as long as it has not given one.</param>
/// <param name="Created">Fourteen digits as the gateway wrote them; zone unknown.</param>
/// <param name="StatusId">The gateway's status number, also one that we do not know.</param>
/// <param name="StatusInfo">The gateway's word for it; never decided by.</param>
/// <param name="Code">The first Status.Reasons[].Code, or null.</param>
/// <param name="NotifiedAt">NotificationDateTime, fourteen digits.</param>
public sealed record GatewayPayment(
    int? PaymentId, string? Created, int? StatusId, string? StatusInfo, string? Code, string? NotifiedAt)
{
    /// <summary>Null means "not stated": what an answer leaves out is kept.</summary>
    internal static GatewayPayment? Merge(GatewayPayment? stated, GatewayPayment? known) =>
        stated is null || known is null
        ? stated ?? known
        : new(
            stated.PaymentId ?? known.PaymentId,
            stated.Created ?? known.Created,
            stated.StatusId ?? known.StatusId,
            stated.StatusInfo ?? known.StatusInfo,
            stated.Code,
            stated.NotifiedAt ?? known.NotifiedAt);
}
