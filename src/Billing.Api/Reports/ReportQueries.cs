using Billing.Domain;

namespace Billing.Api.Reports;

/// <summary>The reports by name, for the endpoints and for the verb.</summary>
public static class ReportQueries
{
    public const string Payments = "payments-by-day";
    public const string Revenue = "recurring-revenue";
    public const string Arrears = "arrears";

    /// <param name="format">One of <see cref="ReportFormat.Names"/>.</param>
    /// <param name="now">Business time.</param>
    /// <exception cref="RuleViolation">The range cannot be read, or is none.</exception>
    /// <exception cref="ReportsIncompleteException"/>
    public static async Task<ReportText> WriteAsync(
        this ReportReader reader, string name, string site, string? from, string? to, string format,
        DateTimeOffset now, CancellationToken ct)
    {
        var (json, today) = (ReportJsonContext.Default, DateOnly.FromDateTime(now.UtcDateTime));

        if (name is Payments)
        {
            var days = ReportRange.Days(from, to, today);
            var report = await reader.PaymentsByDayAsync(site, days.From, days.To, ct);

            return ReportFormat.Write(format, report, report.Rows, json.PaymentsByDay, json.PaymentDayRow);
        }

        if (name is Revenue)
        {
            var months = ReportRange.Months(from, to, today);
            var report = await reader.RecurringRevenueAsync(site, months.From, months.To, now, ct);

            return ReportFormat.Write(format, report, report.Rows, json.RevenueByMonth, json.RevenueMonthRow);
        }

        var arrears = await reader.ArrearsAsync(site, now, ct);

        return ReportFormat.Write(format, arrears, arrears.Rows, json.ArrearsNow, json.ArrearsRow);
    }
}
