using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Reports;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Reporting;

[Collection(ReportedCollection.Name)]
public class when_payments_are_reported(ReportedWorld reported)
{
    private const string All = "?from=2030-01-01&to=2030-12-31";

    [Fact]
    public async Task every_day_says_what_the_ledger_of_the_gateway_says()
    {
        var (rows, ledger) = (
            await reported.RowsAsync(ReportQueries.Payments, All), await Ledger.OfAsync(reported.World));

        Assert.All(rows, ledger.AssertSame);
        Assert.Empty(ledger.Days.Except(rows.Select(row => ((string)row["day"]!, (string)row["currency"]!))));

        // Nothing of this is missing, or there would be nothing to compare.
        Assert.All(
            [
                "chargedCount", "failedCount", "refundedCount", "disputesOpened", "disputesWon", "disputesLost",
                "chargedBackCount", "reversedCount",
            ],
            column => Assert.True(rows.Sum(row => (long)row[column]!) > 0, $"There is no {column}."));
        Assert.Equal(["BRL", "EUR", "KRW"], rows.Select(row => (string)row["currency"]!).Distinct().Order());
    }

    [Fact]
    public async Task every_failed_charge_is_counted_once() => Assert.Equal(
        (await reported.World.Sandbox.LedgerAsync())
            .Count(charge => charge!["events"]!.AsArray().Any(it => (string)it!["what"]! == "failed")),
        (await reported.RowsAsync(ReportQueries.Payments, All)).Sum(row => (int)row["failedCount"]!));

    // It was learnt by a look-up on the day after.
    [Fact]
    public async Task a_charge_belongs_to_the_day_of_the_gateway_where_its_answer_was_lost()
    {
        var payment = Assert.Single(await reported.AtMidnight.Payments());
        Assert.Equal(("charged", "look_up"), ((string)payment["status"]!, (string)payment["learntFrom"]!));

        var rows = await reported.RowsAsync(ReportQueries.Payments, "?from=2030-01-31&to=2030-01-31");

        Assert.Equal(
            4400, (long)Assert.Single(rows, row => (string)row["currency"]! == "BRL")["chargedMinor"]!);
    }

    [Fact]
    public async Task another_site_has_none_of_it()
    {
        using var other = reported.World.Client("30202", "storefront-key-30202");

        foreach (var report in (string[])[ReportQueries.Payments, ReportQueries.Revenue, ReportQueries.Arrears])
        {
            var reply = await other.ReadAsync($"v1/reports/{report}");
            Assert.Equal(HttpStatusCode.OK, reply.Status);
            Assert.Empty(reply.Json["rows"]!.AsArray());
        }

        Assert.Equal(
            HttpStatusCode.Unauthorized, (await reported.World.Anonymous.ReadAsync("v1/reports/arrears")).Status);
    }

    [Theory]
    [InlineData("payments-by-day?from=2030-02-01&to=2030-01-01", "range_invalid", "must not lie after")]
    [InlineData("payments-by-day?from=2000-01-01&to=2030-01-01", "range_invalid", "at most 3660 days")]
    [InlineData("payments-by-day?from=2030-02-30", "date_invalid", "2026-01-31")]
    [InlineData("recurring-revenue?from=2030-13", "month_invalid", "2026-01")]
    [InlineData("recurring-revenue?from=2000-01&to=2030-01", "range_invalid", "at most 120 months")]
    [InlineData("arrears?format=xml", "format_invalid", "json, csv, ndjson")]
    [InlineData("arrears?from=2030-01-01", "unknown_key", "'from'")]
    public async Task what_cannot_be_answered_is_refused_with_a_sentence(string query, string code, string part)
    {
        var reply = await reported.ReadAsync(query);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.Status);
        Assert.Equal(code, (string)reply.Json["code"]!);
        Assert.Contains(part, (string)reply.Json["detail"]!);
    }

    [Fact]
    public async Task the_verb_prints_the_same()
    {
        var reply = await reported.ReadAsync(ReportQueries.Payments, $"{All}&format=csv");
        var verb = await reported.World.Billing(
            "report", "payments-by-day", "--site", "30201", "--from", "2030-01-01", "--to", "2030-12-31");

        Assert.Equal("text/csv; charset=utf-8; header=present", reply.ContentType);
        verb.Ended(0);
        Assert.Equal(
            reply.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries),
            verb.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    [Fact]
    public async Task each_row_is_a_line_where_lines_are_asked_for()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"v1/reports/payments-by-day{All}");
        request.Headers.Add("Accept", "text/csv;q=0.5, application/x-ndjson");
        using var answer = await reported.World.Storefront.SendAsync(request);
        var lines = (await answer.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("application/x-ndjson", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal(
            (await reported.RowsAsync(ReportQueries.Payments, All)).Select(row => row.ToJsonString()),
            lines.Select(line => JsonNode.Parse(line)!.ToJsonString()));
    }

    [Fact]
    public async Task another_type_is_not_acceptable()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "v1/reports/arrears");
        request.Headers.Add("Accept", "application/pdf");
        using var answer = await reported.World.Storefront.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotAcceptable, answer.StatusCode);
    }
}
