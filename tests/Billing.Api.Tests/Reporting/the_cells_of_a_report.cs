using Billing.Api.Reports;

namespace Billing.Api.Tests.Reporting;

public class the_cells_of_a_report
{
    [Theory]
    [InlineData("BRL", "BRL")]
    [InlineData("", "")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@sum", "'@sum")]
    [InlineData("\tx", "'\tx")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("=\"x\"", "\"'=\"\"x\"\"\"")]
    public void are_no_formula_and_are_quoted_where_needed(string text, string cell) =>
        Assert.Equal(cell, ReportFormat.TextCell(text));

    [Fact]
    public void an_amount_stays_a_number_and_its_currency_is_text()
    {
        var json = ReportJsonContext.Default;
        var report = new PaymentsByDay(
            new(2026, 1, 1), new(2026, 1, 1), 0,
            [PaymentDayRow.Of(new(2026, 1, 1), "=BR", new() { ChargedMinor = -5, RefundedMinor = 7 })]);

        Assert.Equal(
            "day,currency,chargedCount,chargedMinor,failedCount,refundedCount,refundedMinor,disputesOpened,disputesWon,"
            + "disputesLost,disputeLostMinor,chargedBackCount,chargedBackMinor,reversedCount,reversedMinor,netMinor\r\n"
            + "2026-01-01,'=BR,0,-5,0,0,7,0,0,0,0,0,0,0,0,-12\r\n",
            ReportFormat.Write("csv", report, report.Rows, json.PaymentsByDay, json.PaymentDayRow).Text);
        Assert.Equal(
            "month,currency,recurringMinor,subscriptions,newMinor,reactivatedMinor,expandedMinor,contractedMinor,"
            + "pausedMinor,endedMinor,changeMinor,importedMinor\r\n",
            ReportFormat.Write(
                "csv", new RevenueByMonth("2026-01", "2026-01", 0, []), [], json.RevenueByMonth, json.RevenueMonthRow)
                .Text);
        Assert.Equal(
            "days,currency,subscriptions,periods,amountMinor\r\n",
            ReportFormat.Write("csv", new ArrearsNow(default, 0, []), [], json.ArrearsNow, json.ArrearsRow).Text);
    }

    [Theory]
    [InlineData(null, "json")]
    [InlineData("*/*", "json")]
    [InlineData("text/*", "csv")]
    [InlineData("text/csv", "csv")]
    [InlineData("application/x-ndjson", "ndjson")]
    [InlineData("text/csv;q=0.2, application/json;q=0.9", "json")]
    [InlineData("application/json;q=0, */*", "csv")]
    [InlineData("application/pdf", null)]
    public void are_written_as_the_caller_prefers(string? accept, string? format) =>
        Assert.Equal(format, ReportFormat.Choose(null, accept is null ? [] : [accept]));
}
