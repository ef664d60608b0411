namespace Billing.Domain.Preapprovals;

/// <summary>
/// The decision needs a charge that a snapshot no longer holds: fold the whole stream with
/// <see cref="Preapproval.Fold"/> and decide again.
/// </summary>
public sealed class NeedsFullHistoryException(string what)
    : Exception($"The snapshot does not hold {what}; the whole stream does.");
