using Billing.Domain.Gateway;
using Billing.Domain.Profiles;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;

namespace Billing.Gateway.Calls;

/// <summary>The return codes of a 4xx, sorted by what they decide (GLOBALPAY.md section 3).</summary>
internal static class Refusal
{
    private const string DuplicateTransaction = "20";

    /// <summary>The reason that decides: the first one, when it has a code in digits.</summary>
    public static WireReason? Of(WireStatus? status) =>
        status?.FirstReason is { Code: { Length: > 0 } code } reason && code.All(char.IsAsciiDigit) ? reason : null;

    public static bool IsDuplicate(WireStatus? status) => status?.Reasons?.Any(reason => reason?.Code == DuplicateTransaction) == true;

    /// <summary>A code among the reasons that leaves the outcome open, as a symptom; null when there is none.</summary>
    public static string? SymptomOf(WireStatus? status) =>
        status?.Reasons?.FirstOrDefault(reason => Outcomes.OfCode(reason?.Code) is OutcomeClass.Unknown) is { } reason ? "code_" + reason.Code : null;

    /// <summary>False where a refusal shows a status that only something which came about can have: it contradicts itself, and decides nothing.</summary>
    public static bool LeftNothing(WireStatus? status) => status?.ID is null or 0 || PaymentStatuses.MeaningOf(status.ID) == PaymentStatus.Failed;
}
