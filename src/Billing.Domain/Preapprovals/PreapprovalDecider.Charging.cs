using System.Globalization;
using Billing.Domain.Profiles;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

public static partial class PreapprovalDecider
{
    /// <summary>A due date met later than this is a missed one for <see cref="CatchUp.Skip"/>.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(24);

    /// <summary>Why a charge was stopped that will be due again when the schedule is resumed.</summary>
    public const string Paused = "paused";

    // A sweep after years of silence still ends: the rest is due again at once.
    private const int DecisionsAtOnce = 400;

    /// <summary>Decides what is due: charge, defer, or skip with a reason. Silence is not an outcome.</summary>
    /// <param name="period">What the sweep saw as due; when the stream has moved on since, there is nothing to say.</param>
    public static PreapprovalEvent[] ChargeDue(Preapproval state, Period period, int attempt, DateTimeOffset now, MethodProfiles? profiles = null)
    {
        if (state.NextDue is not { } seen || seen.Period != period || seen.Attempt != attempt)
        {
            return [];
        }

        var events = new List<PreapprovalEvent>();

        while (events.Count < DecisionsAtOnce && state.NextDue is { } due && due.DueAt <= now)
        {
            var decision = Decide(state, due, (profiles ?? MethodProfiles.BuiltIn).Of(state.Terms.MethodId), now);
            events.Add(decision);
            state = Preapproval.Evolve(state, decision);

            if (decision is not ChargeSkipped)
            {
                break;
            }
        }

        return [.. events];
    }

    private static PreapprovalEvent Decide(Preapproval state, DueCharge due, MethodProfile profile, DateTimeOffset now)
    {
        if (due.Attempt is 1 && ReasonToSkip(state, state.Schedule!, due, now) is { } reason)
        {
            return new ChargeSkipped(state.Id, due.Period, reason, now);
        }

        if (state.InFlight is { } unsettled)
        {
            return new ChargeDeferred(state.Id, due.Period, due.Attempt, unsettled.Id.MerchantTransactionId, now);
        }

        var origin = due.Attempt is 1 ? ChargeOrigin.Scheduled : ChargeOrigin.Retry;
        var amount = state.AttemptsAt(due.Period).FirstOrDefault()?.Amount ?? state.Schedule!.Amount;

        if (Cap.IsExceededBy(amount, state, profile))
        {
            return due.Attempt is 1
                ? new ChargeSkipped(state.Id, due.Period, "over_cap", now)
                : new RetriesExhausted(state.Id, due.Period, due.Attempt - 1, "over_cap", profile.Retries.Version, now);
        }

        var executeOn = profile.ExecutionOn(due.Period.DueOn, state.Schedule?.LocalDate(now) ?? due.Period.DueOn)?.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

        return new ChargeRequested(
            state.Id, ChargeId.Scheduled(state.Id, due.Period, due.Attempt), amount, origin, profile.Version, due.DueAt, null, executeOn, null, now);
    }

    // What fell due and was not decided by now, where nobody will come back to it.
    private static IEnumerable<PreapprovalEvent> Unattended(Preapproval state, DateOnly before, string reason, DateTimeOffset now)
    {
        var schedule = state.Schedule;

        for (var next = schedule?.DueOnAfter(state.LastDecided); next is { } dueOn && dueOn < before && schedule!.DueAt(dueOn) <= now; next = schedule.DueOnAfter(dueOn))
        {
            if (!state.Skipped.Contains(dueOn))
            {
                yield return new ChargeSkipped(state.Id, new Period(schedule.Revision, dueOn), reason, now);
            }
        }
    }

    /// <returns>Why a date that is due is let go; null when it is charged.</returns>
    internal static string? ReasonToSkip(Preapproval state, Schedule schedule, DueCharge due, DateTimeOffset now)
    {
        if (state.IsPaused)
        {
            return "paused";
        }

        var isSuperseded = LatestDue(state, schedule, now) is { } latest && latest > due.Period.DueOn;

        return schedule.CatchUp switch
        {
            CatchUp.LatestOnly when isSuperseded => "superseded",
            CatchUp.Skip when isSuperseded || now - due.DueAt > Grace => "missed",
            _ => null,
        };
    }

    // A date that the merchant let go takes no other's place.
    private static DateOnly? LatestDue(Preapproval state, Schedule schedule, DateTimeOffset now)
    {
        var latest = schedule.LastDueOnOrBefore(schedule.LocalDate(now));

        while (latest is { } date && state.Skipped.Contains(date))
        {
            latest = schedule.LastDueOnOrBefore(date.AddDays(-1));
        }

        return latest;
    }

    /// <summary>The storefront charges by itself, outside the schedule.</summary>
    /// <returns>Nothing when this MerchantTransactionID is already one of ours: a repeat is harmless.</returns>
    /// <exception cref="RuleViolation">preapproval_not_open. currency_invalid: the method does not take it. amount_over_cap: more than the customer approved in all. merchant_transaction_id_reserved: an id of the form that only we derive. amount_invalid: not an amount that can be charged.</exception>
    public static PreapprovalEvent[] ChargeNow(Preapproval state, string merchantTransactionId, Money amount, string? description, string? executionDate, int? statedSiteId, DateTimeOffset now, MethodProfiles? profiles = null)
    {
        if (state.Charges.ContainsKey(merchantTransactionId))
        {
            return [];
        }

        if (ChargeId.IsDerivedForm(merchantTransactionId))
        {
            throw new RuleViolation("merchant_transaction_id_reserved", "Validation failed: MerchantTransactionID has the form that is kept for scheduled charges. Choose another one.");
        }

        if (amount.Minor <= 0)
        {
            throw new RuleViolation("amount_invalid", "Amount invalid: it must be more than zero.");
        }

        if (state.Status is not PreapprovalStatus.Open)
        {
            throw new RuleViolation("preapproval_not_open", "Preapproval is invalid: only an open one can be charged.");
        }

        var profile = (profiles ?? MethodProfiles.BuiltIn).Of(state.Terms.MethodId);

        if (!profile.Takes(amount.Currency))
        {
            throw new RuleViolation("currency_invalid", $"Currency is invalid: this method does not take {amount.Currency}.");
        }

        if (Cap.IsExceededBy(amount, state, profile))
        {
            throw new RuleViolation("amount_over_cap", "Amount invalid: together with what was charged before it is more than the customer approved.");
        }

        return [new ChargeRequested(state.Id, ChargeId.OnDemand(merchantTransactionId), amount, ChargeOrigin.OnDemand, profile.Version, null, description, executionDate, statedSiteId, now)];
    }

    /// <summary>The look-up right before a retry is sent found that an earlier attempt has succeeded after all, that the mandate is closing, or that the schedule was paused.</summary>
    public static PreapprovalEvent[] StopCharge(Preapproval state, string merchantTransactionId, string reason, DateTimeOffset now, MethodProfiles? profiles = null)
    {
        if (state.Charges.GetValueOrDefault(merchantTransactionId) is not { State: MoneyState.Requested } charge)
        {
            return [];
        }

        var stopped = new ChargeStopped(state.Id, charge.Id, reason, now);

        // A pause holds it back and does not end it: due again as soon as the schedule runs. What is closed runs no more.
        return reason is Paused && state.Status is not PreapprovalStatus.Closed && charge.Id.Period is { } period
            ? [stopped, new RetryScheduled(state.Id, period, charge.Id.Attempt + 1, now, (profiles ?? MethodProfiles.BuiltIn).Of(state.Terms.MethodId).Retries.Version, now)]
            : [stopped];
    }
}
