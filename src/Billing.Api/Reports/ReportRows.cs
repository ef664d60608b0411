using System.Text.Json.Serialization;
using Billing.Domain.Reports;

namespace Billing.Api.Reports;

// The names and the order of the properties are the columns of CSV: new ones come last.

/// <summary>GET /v1/reports/payments-by-day: days on which nothing happened are left out.</summary>
/// <param name="BehindSeconds">The age of the oldest event that is not counted yet; 0 when all are.</param>
public sealed record PaymentsByDay(
    DateOnly From, DateOnly To, double BehindSeconds, IReadOnlyList<PaymentDayRow> Rows);

/// <summary>Payments of one day in UTC and one currency; sums in minor units.</summary>
/// <param name="DisputeLostMinor">Taken back by lost disputes; a chargeback that follows moves it there.</param>
/// <param name="NetMinor">Charged less all that went back on that day.</param>
public sealed record PaymentDayRow(
    DateOnly Day, string Currency, long ChargedCount, long ChargedMinor, long FailedCount, long RefundedCount,
    long RefundedMinor, long DisputesOpened, long DisputesWon, long DisputesLost, long DisputeLostMinor,
    long ChargedBackCount, long ChargedBackMinor, long ReversedCount, long ReversedMinor, long NetMinor)
{
    public static PaymentDayRow Of(DateOnly day, string currency, PaymentTotals it) => new(
        day, currency, it.ChargedCount, it.ChargedMinor, it.FailedCount, it.RefundedCount, it.RefundedMinor,
        it.DisputesOpened, it.DisputesWon, it.DisputesLost, it.LostMinor, it.ChargedBackCount, it.ChargedBackMinor,
        it.ReversedCount, it.ReversedMinor, it.NetMinor);
}

/// <summary>GET /v1/reports/recurring-revenue.</summary>
/// <param name="From">The first month, for example 2026-01.</param>
/// <param name="To">The last month.</param>
/// <param name="BehindSeconds"><inheritdoc cref="PaymentsByDay" path="/param[@name='BehindSeconds']"/></param>
public sealed record RevenueByMonth(string From, string To, double BehindSeconds, IReadOnlyList<RevenueMonthRow> Rows);

/// <summary>Monthly recurring revenue of one month and currency; minor units.</summary>
/// <param name="RecurringMinor">At the end of the month; of the running month now.</param>
/// <param name="ChangeMinor">
/// The sum of the six before it and of the imported one: the difference to the month before.
/// </param>
/// <param name="ImportedMinor">Of subscriptions that another system had charged before.</param>
public sealed record RevenueMonthRow(
    string Month, string Currency, long RecurringMinor, long Subscriptions, long NewMinor, long ReactivatedMinor,
    long ExpandedMinor, long ContractedMinor, long PausedMinor, long EndedMinor, long ChangeMinor,
    long ImportedMinor)
{
    public static RevenueMonthRow Of(string month, string currency, RevenueMonth it) => new(
        month, currency, it.Level, it.Subscriptions, it.New, it.Reactivated, it.Expanded, it.Contracted, it.Paused,
        it.Ended, it.Change, it.Imported);
}

/// <summary>GET /v1/reports/arrears: what is due and not paid, of subscriptions that are not closed.</summary>
/// <param name="At">Business time.</param>
/// <param name="BehindSeconds"><inheritdoc cref="PaymentsByDay" path="/param[@name='BehindSeconds']"/></param>
public sealed record ArrearsNow(DateTimeOffset At, double BehindSeconds, IReadOnlyList<ArrearsRow> Rows);

/// <param name="Days">Since the due date: 0-7, 8-30, 31-60, 61-90 or 91+.</param>
/// <param name="Subscriptions">One with periods in two rows counts in both.</param>
/// <param name="AmountMinor">Minor units.</param>
public sealed record ArrearsRow(string Days, string Currency, long Subscriptions, long Periods, long AmountMinor);

/// <summary>camelCase, nulls written, RFC 3339.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PaymentsByDay))]
[JsonSerializable(typeof(RevenueByMonth))]
[JsonSerializable(typeof(ArrearsNow))]
public sealed partial class ReportJsonContext : JsonSerializerContext;
