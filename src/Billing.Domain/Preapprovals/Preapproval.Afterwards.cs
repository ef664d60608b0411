namespace Billing.Domain.Preapprovals;

/// <remarks>Folds of what comes after a success.</remarks>
public sealed partial record Preapproval
{
    private Preapproval After(PaymentEvent e, Func<Charge, Charge> change) => Know(e.Charge, charge => change(charge) with
    {
        Gateway = e.Gateway ?? charge.Gateway,
        CapturedAmount = charge.CapturedAmount ?? e.CapturedAmount,
    });

    private Preapproval Apply(RefundRequested e) => Know(e.Charge, charge => charge.With(new Refund(e.RefundReference, e.RefundReference, e.Amount, RefundState.Requested, e.RequestedAt)
    {
        IsOurs = true,
        Cause = e.Cause,
        Description = e.Description,
        Personal = e.Personal,
        PersonalParts = e.PersonalParts ?? [],
    })) with { RefundReferences = RefundReferences.SetItem(e.RefundReference, e.Charge.MerchantTransactionId) };

    private Preapproval Apply(RefundAccepted e) => Know(e.Charge, charge =>
    {
        var known = charge.RefundOf(e.RefundId, e.RefundReference);
        var refund = known ?? new Refund($"#{e.RefundId}", e.RefundReference, e.Amount, RefundState.Pending, e.AcceptedAt);

        return charge.With(refund with
        {
            State = refund.State < RefundState.Pending || refund.Provisional ? RefundState.Pending : refund.State,
            Provisional = false,
            RefundId = e.RefundId,
            Gateway = e.Gateway,
            LearntFrom = e.LearntFrom,
            LookUps = e.LookUps,
            NextLookUpAt = e.NextLookUpAt,
            Owner = e.Owner,
            Symptom = null,
        });
    });

    private Preapproval Apply(RefundOutcomeUnknown e) => KnowRefund(e.Charge, e.RefundReference, e.Amount, e.SeenAt, refund => refund with
    {
        State = refund.State is RefundState.Requested ? RefundState.Unknown : refund.State,
        Symptom = e.Symptom,
        LookUps = e.LookUps,
        NextLookUpAt = e.NextLookUpAt,
        Owner = e.Owner,
        LearntFrom = e.LearntFrom,
        UnknownSince = refund.UnknownSince ?? e.SeenAt,
        ClaimedAt = Later(e.ClaimedAt, refund.ClaimedAt),
    });

    private Preapproval Apply(RefundFailed e) => Know(e.Charge, charge =>
    {
        var refund = (e.RefundId is { } id ? charge.RefundOf(id, e.RefundReference) : null)
            ?? (e.RefundReference is { } reference ? charge.Refunds.GetValueOrDefault(reference) : null)
            ?? new Refund(e.RefundReference ?? $"#{e.RefundId}", e.RefundReference, e.Amount, RefundState.Requested, e.FailedAt);

        return charge.With(refund.Settled(RefundState.Failed, e.FailedAt) with
        {
            RefundId = e.RefundId ?? refund.RefundId,
            Gateway = e.Gateway ?? refund.Gateway,
            LearntFrom = e.LearntFrom,
            FailureCode = e.Code,
            FailureText = e.ReasonText,
        });
    });

    // Without an id it is the payment's own status that says so: all of it went back.
    private Preapproval Apply(PaymentRefunded e) => After(e, charge => e.RefundId is not { } id
        ? charge.With(AfterSuccess.Refunded)
        : charge.With((charge.RefundOf(id, null) ?? new Refund($"#{id}", null, e.Refunded, RefundState.Pending, e.RefundedAt)).Settled(RefundState.Refunded, e.RefundedAt) with
        {
            RefundId = id,
            Amount = e.Refunded,
            LearntFrom = e.LearntFrom,
        }));

    private Preapproval KnowRefund(ChargeId id, string reference, Money amount, DateTimeOffset at, Func<Refund, Refund> change) => Know(id, charge =>
        charge.With(change(charge.Refunds.GetValueOrDefault(reference) ?? new Refund(reference, reference, amount, RefundState.Requested, at))));
}
