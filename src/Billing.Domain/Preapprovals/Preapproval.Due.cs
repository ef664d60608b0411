using System.Text.Json.Serialization;

namespace Billing.Domain.Preapprovals;

public sealed partial record Preapproval
{
    /// <summary>
    /// What falls due next, whenever that is; null when nothing will, or when it waits for a charge in flight.
    /// </summary>
    /// <remarks>
    /// A pause holds retries back but not periods: those are skipped with a reason when their day comes.
    /// </remarks>
    [JsonIgnore]
    public DueCharge? NextDue => Status is not PreapprovalStatus.Open ? null : DueRetries.Append(DuePeriod)
        .OfType<DueCharge>()
        .Where(due => !WaitsForOther(due))
        .MinBy(due => due.DueAt);

    /// <summary>
    /// Business time of the due date that a sweep decides next; a column of the stored state. Null while a retry comes
    /// first.
    /// </summary>
    public DateTimeOffset? NextDueAt => NextDue is { Attempt: 1 } due ? due.DueAt : null;

    /// <summary>Business time of the retry that comes next; a column of the stored state.</summary>
    public DateTimeOffset? NextRetryAt => NextDue is { Attempt: > 1 } due ? due.DueAt : null;

    // Another attempt only after every earlier one has failed for good: what an operator called failed may turn out to
    // be pending.
    private IEnumerable<DueCharge?> DueRetries => IsPaused ? [] : Retries.Values
        .Where(retry =>
            AttemptsAt(retry.Period).All(attempt => attempt.State is MoneyState.Failed or MoneyState.Stopped))
        .Select(retry => new DueCharge(retry.Period, retry.Attempt, retry.DueAt));

    private DueCharge? DuePeriod
    {
        get
        {
            var dueOn = Schedule?.DueOnAfter(LastDecided);

            while (dueOn is { } date && Skipped.Contains(date))
            {
                dueOn = Schedule!.DueOnAfter(date);
            }

            return dueOn is { } due ? new DueCharge(new Period(due), 1, Schedule!.DueAt(due)) : null;
        }
    }

    private bool WaitsForOther(DueCharge due) =>
        Deferred.TryGetValue(due.Period.DueOn, out var deferred) && deferred.Attempt == due.Attempt
            && IsBlocked(deferred);
}

/// <param name="Attempt">1: the period itself; more: a retry.</param>
/// <param name="DueAt">Business time.</param>
public sealed record DueCharge(Period Period, int Attempt, DateTimeOffset DueAt);
