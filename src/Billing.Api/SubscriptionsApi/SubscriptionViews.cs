using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;
using Billing.Domain.Scheduling;
using Marten;
using Marten.Linq.MatchesSql;

namespace Billing.Api.SubscriptionsApi;

/// <param name="Periods">How many periods the whole plan has; null: no bound.</param>
/// <param name="PeriodsLeft">How many of them are left; null where their number has no bound.</param>
public sealed record ScheduleView(
    long AmountMinor, string Currency, int Every, string Unit, DateOnly FirstDueOn, string TimeZone, DateOnly? EndsOn,
    int? Periods, int? PeriodsLeft, string CatchUp, string AfterRetries, int Revision);

/// <summary>The merchant's pause that is in force.</summary>
/// <param name="Since">Business time.</param>
/// <param name="Until">When charging goes on by itself, business time; null: when the schedule is resumed.</param>
/// <param name="Periods">skip or collect: what becomes of the dates that fall due meanwhile.</param>
public sealed record PauseView(DateTimeOffset Since, DateTimeOffset? Until, string Periods);

/// <summary>A change of the schedule that takes effect on a day to come.</summary>
/// <param name="EffectiveOn">The first day that may be due by it.</param>
/// <param name="FirstDueOn">The first date that is due by it.</param>
/// <param name="PriceChange">The id of the change of many prices that it belongs to, or null.</param>
public sealed record PlannedChangeView(
    DateOnly EffectiveOn, DateOnly FirstDueOn, long AmountMinor, string Currency, int Every, string Unit,
    DateOnly? EndsOn, int? Periods, int Revision, Guid? PriceChange);

/// <summary>Charging has stopped until a person resumes the schedule or changes the preapproval.</summary>
/// <param name="Reason">declined_for_good, retries_exhausted or refused.</param>
public sealed record SuspensionView(DateTimeOffset Since, string Reason, string Owner);

public sealed record NextDueView(DateOnly On, DateTimeOffset At, int Attempt);

/// <param name="Operation">create, change or close: asked of the gateway, outcome not recorded yet.</param>
public sealed record UnsettledView(string Operation, DateTimeOffset? NextLookUpAt, string? Owner);

/// <summary>The newest due charge that the gateway refused, until a later charge is pending or charged.</summary>
/// <param name="Code">The gateway's return code.</param>
/// <param name="RefusedAt">Business time.</param>
public sealed record RefusedChargeView(
    string MerchantTransactionId, DateOnly DueOn, string? Code, DateTimeOffset RefusedAt);

/// <param name="Id">GlobalPay's number of the status; null where it stated none.</param>
public sealed record GatewayStatusView(int? Id, string? Info);

public sealed record AmountView(long AmountMinor, string Currency);

/// <summary>Periods at which an attempt has failed and none was charged; of these the newest 40.</summary>
/// <param name="Since">The oldest of their due dates.</param>
/// <param name="Amounts">Their sum in each currency.</param>
/// <param name="Periods">How many they are.</param>
public sealed record PastDueView(DateOnly Since, IReadOnlyList<AmountView> Amounts, int Periods);

/// <summary>What another system had charged before the subscription was imported, as the merchant stated it.</summary>
/// <param name="Row">Number of its row in the imported file.</param>
/// <param name="ImportedAt">Business time.</param>
public sealed record ImportedView(
    Guid ImportId, int Row, DateTimeOffset ImportedAt, int PastCharges, AmountView PastAmount);

/// <summary>The maximum that the customer approved, where it bounds the charges.</summary>
/// <param name="Bounds">each_charge or all_charges.</param>
/// <param name="TakenMinor">All charges that have not failed; null where it bounds each by itself.</param>
/// <param name="LeftMinor">Null where it bounds each by itself.</param>
public sealed record MaximumView(
    string Bounds, long AmountMinor, string Currency, long? TakenMinor, long? LeftMinor);

/// <summary>A subscription as its merchant sees it; nothing personal.</summary>
/// <param name="Schedule">As it is in force now.</param>
/// <param name="Status">requested, pending, open, closing, closed, refused or abandoned.</param>
/// <param name="State">
/// The first that holds of closed, closing, pending, suspended, completed, paused, past_due, active.
/// </param>
/// <param name="StateReason">Null where the state says all.</param>
/// <param name="GatewayStatus">As GlobalPay stated it last; null before it has answered.</param>
/// <param name="PastDue">Null while nothing is unpaid.</param>
/// <param name="Suspended">Null while the schedule may be charged.</param>
/// <param name="Pause">Null while the schedule is not paused.</param>
/// <param name="PlannedChange">Null while none is planned.</param>
/// <param name="MandateLapsesOn">
/// The UTC day on which it may not be charged any more unless it is used before; null: never.
/// </param>
/// <param name="Maximum">Null where nothing is bounded.</param>
/// <param name="Trouble">
/// suspended: the mandate will not pay again. charge_refused: a person has to mend what is sent, or how the site is set
/// up. Else null.
/// </param>
/// <param name="Drift">Fields in which the gateway shows other values than we hold.</param>
/// <param name="Imported">Null where it was not imported.</param>
/// <param name="Version">The stream version that this shows.</param>
public sealed record SubscriptionView(
    Guid Id, string MerchantPreapprovalId, int? GatewayPreapprovalId, int MethodId, string Status,
    string State, string? StateReason, GatewayStatusView? GatewayStatus, PastDueView? PastDue,
    ScheduleView? Schedule, bool IsPaused, SuspensionView? Suspended, DateOnly? LastDecidedOn, NextDueView? NextDue,
    UnsettledView? Unsettled, string? Trouble, RefusedChargeView? RefusedCharge, IReadOnlyList<string> Drift,
    DateTimeOffset RequestedAt, DateTimeOffset? OpenedAt, DateTimeOffset? ClosedAt, string? ClosedBy,
    bool IsForgotten, PauseView? Pause, PlannedChangeView? PlannedChange, DateOnly? MandateLapsesOn,
    MaximumView? Maximum, ImportedView? Imported, long Version);

/// <param name="Next">Send it as <c>after</c> to get the next page; null on the last.</param>
public sealed record SubscriptionPage(IReadOnlyList<SubscriptionView> Subscriptions, string? Next);

/// <summary>Reads the subscriptions of one site.</summary>
public sealed class SubscriptionViews(
    IDocumentStore store, PageReader pages, MethodProfiles profiles, BusinessClock clock)
{
    private static readonly RowKeyOf<Preapproval, Guid> Key =
        new(state => new RowKey<Guid>(state.Id, state.RequestedAt));

    public async Task<SubscriptionView?> FindAsync(string site, Guid id, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);

        return await session.LoadAsync<Preapproval>(id, ct) is { } state ? Of(state, clock.GetUtcNow()) : null;
    }

    /// <summary>One of a list: null, too, where its row cannot be read.</summary>
    public async Task<SubscriptionView?> FindReadableAsync(string site, Guid id, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);

        return await pages.FindAsync<Preapproval>(session, id, ct) is { } state ? Of(state, clock.GetUtcNow()) : null;
    }

    /// <summary>Newest first.</summary>
    /// <param name="after">The last one of the page before: its request time and id.</param>
    public async Task<SubscriptionPage> ListAsync(
        string site, PreapprovalStatus? status, string? merchantPreapprovalId, (DateTimeOffset At, Guid Id)? after,
        int limit, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);
        IQueryable<Preapproval> states = session.Query<Preapproval>();

        if (status is { } wanted)
        {
            states = states.Where(state => state.Status == wanted);
        }

        if (merchantPreapprovalId is not null)
        {
            states = states.Where(state => state.Terms.MerchantPreapprovalId == merchantPreapprovalId);
        }

        if (after is var (at, id))
        {
            states =
                states.Where(state => state.MatchesSql("(d.requested_at, d.id) < (?, ?)", at.ToUniversalTime(), id));
        }

        var newest = states.OrderByDescending(state => state.RequestedAt).ThenByDescending(state => state.Id);
        var rows = await pages.ReadAsync(session, newest.Take(limit + 1), Key, ct);
        var next = rows.Count > limit ? Cursor.Write(rows[limit - 1].Key.At, rows[limit - 1].Key.Id) : null;

        var now = clock.GetUtcNow();

        return new SubscriptionPage([.. rows.Take(limit).Readable().Select(state => Of(state, now))], next);
    }

    /// <param name="now">Business time: a pause may have ended and a planned change begun by itself.</param>
    private SubscriptionView Of(Preapproval preapproval, DateTimeOffset now)
    {
        var state = preapproval.At(now);
        var doing = SubscriptionState.Of(state, now);
        var profile = profiles.Of(state.Terms.MethodId);

        return new(
            state.Id, state.Terms.MerchantPreapprovalId, state.Gateway?.PreapprovalId, state.Terms.MethodId,
            state.Status.ToString().ToLowerInvariant(), doing.Name, doing.Reason,
            state.Gateway is { } gateway ? new GatewayStatusView(gateway.StatusId, gateway.StatusInfo) : null,
            PastDueOf(state), state.Schedule is { } schedule ? ScheduleOf(state, schedule) : null,
            state.PausedAt(now) is not null,
            state.Suspension is { } suspended
                ? new SuspensionView(suspended.Since, suspended.Reason, suspended.Owner)
                : null,
            state.LastDecided,
            state.NextDue is { } due ? new NextDueView(due.Period.DueOn, due.DueAt, due.Attempt) : null,
            state.Unsettled is { } unsettled
                ? new UnsettledView(
                    unsettled.Operation.ToString().ToLowerInvariant(), unsettled.Call.NextLookUpAt,
                    unsettled.Call.Owner)
                : null,
            state.Trouble,
            state.RefusedCharge is { } refused
                ? new RefusedChargeView(refused.MerchantTransactionId, refused.DueOn, refused.Code, refused.RefusedAt)
                : null,
            [.. state.Drift], state.RequestedAt, state.OpenedAt, state.ClosedAt,
            state.ClosedBy?.ToString().ToLowerInvariant(), state.IsForgotten, PauseOf(state, now),
            PlannedOf(state.Planned),
            MandateLimits.LapsesAt(state, profile) is { } lapse ? DateOnly.FromDateTime(lapse.UtcDateTime) : null,
            MaximumOf(state, profile), ImportedOf(state.Imported), state.Version);
    }

    private static ScheduleView ScheduleOf(Preapproval state, Schedule schedule) => new(
        schedule.Amount.Minor, schedule.Amount.Currency, schedule.Every, schedule.Unit.ToWire(), schedule.FirstDueOn,
        schedule.TimeZone, schedule.EndsOn, schedule.Periods, state.PeriodsLeft, schedule.CatchUp.ToWire(),
        schedule.AfterRetries.ToWire(), schedule.Revision);

    private static MaximumView? MaximumOf(Preapproval state, MethodProfile profile)
    {
        var currency = state.Terms.Currency ?? state.Schedule?.Amount.Currency ?? state.AskedSchedule?.Currency;

        if (profile.Cap is CapRule.None || currency is null || Cap.MaximumOf(state.Terms, currency) is not { } maximum)
        {
            return null;
        }

        var taken = profile.Cap is CapRule.Aggregate ? Cap.TakenOf(state, currency) : (long?)null;

        return new MaximumView(
            taken is null ? "each_charge" : "all_charges", maximum, currency, taken, maximum - taken);
    }

    private static PastDueView? PastDueOf(Preapproval state) => state.Unpaid.IsEmpty
        ? null
        : new PastDueView(
            state.Unpaid.Keys.First(),
            [.. state.Unpaid.Values.GroupBy(one => one.Amount.Currency, one => one.Amount.Minor)
                .Select(sum => new AmountView(sum.Sum(), sum.Key))],
            state.Unpaid.Count);

    private static PauseView? PauseOf(Preapproval state, DateTimeOffset now) => state.PausedAt(now) is { } pause
        ? new PauseView(pause.From, pause.End, pause.IsCollected ? "collect" : "skip")
        : null;

    private static ImportedView? ImportedOf(ImportedFrom? imported) => imported is { PastAmount: var past }
        ? new ImportedView(
            imported.ImportId, imported.Row, imported.At, imported.PastCharges, new(past.Minor, past.Currency))
        : null;

    private static PlannedChangeView? PlannedOf(PlannedChange? planned) => planned is { Schedule: var later }
        ? new PlannedChangeView(
            planned.On, later.FirstDueOn, later.Amount.Minor, later.Amount.Currency, later.Every, later.Unit.ToWire(),
            later.EndsOn, later.Periods, later.Revision, planned.PriceChange)
        : null;
}
