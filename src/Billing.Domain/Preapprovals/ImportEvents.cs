namespace Billing.Domain.Preapprovals;

/// <summary>
/// The subscription ran in another system before: the preapproval was recovered from the gateway, and its schedule goes
/// on where that system left it.
/// </summary>
/// <param name="ImportId">The import that the row belongs to.</param>
/// <param name="Row">Number of the row in the imported file, 1 for the first.</param>
/// <param name="PastCharges">How many charges the other system made; it is not verified.</param>
/// <param name="PastAmount">Their sum. It counts towards an aggregate cap.</param>
public sealed record SubscriptionImported(
    Guid PreapprovalId, Guid ImportId, int Row, int PastCharges, Money PastAmount, DateTimeOffset HappenedAt)
    : PreapprovalEvent(PreapprovalId);
