using Billing.Domain.Gateway;
using Billing.Domain.Profiles;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;

namespace Billing.Gateway.Calls;

/// <summary>The return codes of a 4xx, sorted by what they decide (docs/globalpay.md).</summary>
internal static class Refusal
{
    private const string DuplicateTransaction = "20";
    private const string DuplicatePreapproval = "109";

    /// <summary>The reason that decides: the first one, when it has a code in digits.</summary>
    public static WireReason? Of(WireStatus? status) =>
        status?.FirstReason is { Code: { Length: > 0 } code } reason && code.All(char.IsAsciiDigit) ? reason : null;

    /// <summary>The gateway has a payment or a refund of this MerchantTransactionID.</summary>
    public static bool IsDuplicate(WireStatus? status) => Has(status, DuplicateTransaction);

    /// <summary>The gateway has a preapproval of this MerchantPreapprovalID.</summary>
    public static bool IsDuplicateMandate(WireStatus? status) => Has(status, DuplicatePreapproval);

    /// <summary>A code among the reasons that leaves the outcome open, as a symptom; null when there is none.</summary>
    public static string? SymptomOf(WireStatus? status) =>
        status?.Reasons?.FirstOrDefault(reason => Outcomes.OfCode(reason?.Code) is OutcomeClass.Unknown) is { } reason
            ? "code_" + reason.Code
            : null;

    /// <summary>
    /// False where a refusal shows a status that only an existing payment can have: it contradicts itself and decides
    /// nothing.
    /// </summary>
    public static bool LeftNothing(WireStatus? status) =>
        status?.ID is null or 0 || PaymentStatuses.MeaningOf(status.ID) == PaymentStatus.Failed;

    private static bool Has(WireStatus? status, string code) =>
        status?.Reasons?.Any(reason => reason?.Code == code) == true;
}
