namespace Billing.Domain.Preapprovals;

/// <remarks>The snapshot is stored in plain text: what is personal is in sealed events only.</remarks>
public sealed partial record Preapproval
{
    private static bool IsPersonal(Charge charge) => charge.Description is not null || charge.FailureText is not null
        || (!charge.Refunds.IsEmpty && charge.Refunds.Values.Any(refund =>
            refund.Description is not null || refund.Personal is not null || refund.FailureText is not null));

    private static Charge Impersonal(Charge charge) => charge with
    {
        Description = null,
        FailureText = null,
        Refunds = charge.Refunds.SetItems(charge.Refunds.Select(one =>
            KeyValuePair.Create(one.Key, one.Value with { Description = null, Personal = null, FailureText = null }))),
    };
}
