namespace Billing.Domain.Profiles;

/// <summary>How often and when a failed period is tried again.</summary>
/// <param name="Version">Recorded with each retry that it scheduled; a changed policy gets the next version.</param>
/// <param name="Delays">
/// The wait after the first, second… failed attempt, business time; after the last of them comes one more attempt and
/// then none.
/// </param>
public sealed record RetryPolicy(int Version, IReadOnlyList<TimeSpan> Delays)
{
    /// <summary>Codes of this method after which another attempt makes sense, whatever the table says.</summary>
    public IReadOnlyList<string> ForNow { get; init; } = [];

    /// <summary>Codes of this method after which none does; any text.</summary>
    public IReadOnlyList<string> ForGood { get; init; } = [];

    /// <summary>Attempts in total, the first one included: no period is ever tried more often.</summary>
    public int MaxAttempts => Delays.Count + 1;

    /// <summary>How long to wait after a failed attempt.</summary>
    /// <param name="attempts">
    /// How many were made and failed, 1 for the first. One that was stopped before it was sent is none.
    /// </param>
    /// <param name="outcome">What the last one came to.</param>
    /// <returns>Null without a further attempt: the last one is used, or another would fail the same way.</returns>
    public TimeSpan? DelayAfter(int attempts, OutcomeClass outcome) =>
        attempts >= 1 && attempts <= Delays.Count && outcome is OutcomeClass.DeclinedForNow
            ? Delays[attempts - 1]
            : null;

    /// <summary>What a failure comes to, by the method's own codes first.</summary>
    /// <param name="code">Status.Reasons[].Code, digits or not; null: none was given.</param>
    /// <param name="isRefusal">Refused before it became a payment.</param>
    public OutcomeClass ClassOf(string? code, bool isRefusal = false) => code switch
    {
        { } said when ForGood.Contains(said, StringComparer.OrdinalIgnoreCase) => OutcomeClass.DeclinedForGood,
        { } said when ForNow.Contains(said, StringComparer.OrdinalIgnoreCase) => OutcomeClass.DeclinedForNow,
        _ => isRefusal ? Outcomes.OfRefusedCharge(code) : Outcomes.OfFailedPayment(code),
    };
}
