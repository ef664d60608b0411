using System.Text.Json.Nodes;
using Billing.Api.Reports;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Reporting;

[Collection(ReportedCollection.Name)]
[Keeps(Promise.ViewsEqualReplay)]
public class when_revenue_and_arrears_are_reported(ReportedWorld reported)
{
    [Fact]
    public async Task the_movements_of_a_month_are_the_difference_to_the_month_before()
    {
        var rows = await reported.RowsAsync(ReportQueries.Revenue, "?from=2029-12&to=2030-03");
        var before = new Dictionary<string, long>();

        foreach (var row in rows)
        {
            var (currency, level) = ((string)row["currency"]!, (long)row["recurringMinor"]!);
            var moved = ((string[])["new", "reactivated", "expanded", "contracted", "paused", "ended"])
                .Sum(what => (long)row[$"{what}Minor"]!);

            Assert.Equal((level - before.GetValueOrDefault(currency), moved), ((long)row["changeMinor"]!, moved));
            before[currency] = level;
        }

        // 1000, 2000 and 3000 a month, and 12,000 a year; the one that owed 7000 has left in its first month.
        Assert.Equal((7000, 4), Level(rows, "2030-01", "BRL"));
        Assert.Equal((990, 1), Level(rows, "2030-01", "EUR"));
        Assert.Equal((5200, 1), Level(rows, "2030-02", "KRW"));
        Assert.Equal((0, 0), Level(rows, "2029-12", "BRL"));
    }

    [Fact]
    public async Task what_is_due_and_not_paid_has_an_age()
    {
        // Its second period, of 10 February, is declined until no attempt is left; the closed one owes nothing.
        var owed = Assert.Single(
            await reported.RowsAsync(ReportQueries.Arrears), row => (string)row["currency"]! == "BRL");

        Assert.Equal(
            ("8-30", 1L, 1L, 1000L),
            ((string)owed["days"]!, (long)owed["subscriptions"]!, (long)owed["periods"]!, (long)owed["amountMinor"]!));
        Assert.Contains("retries_exhausted", await reported.Gone.Story());
        Assert.Equal("closed", (string)(await reported.Gone.View())["status"]!);
        Assert.All(
            (await reported.Debtor.Payments()).Where(payment => (string)payment["dueOn"]! == "2030-02-10"),
            payment => Assert.Equal("failed", (string)payment["status"]!));
    }

    [Fact]
    public async Task rebuilt_from_the_events_they_are_the_same()
    {
        string[] reports =
        [
            $"{ReportQueries.Payments}?from=2030-01-01&to=2030-12-31&format=csv",
            $"{ReportQueries.Revenue}?from=2030-01&to=2030-03&format=csv", $"{ReportQueries.Arrears}?format=csv",
        ];
        var live = await Task.WhenAll(reports.Select(report => reported.ReadAsync(report)));
        await Witness.ProveRecordsAsync(reported.World);

        (await reported.World.Billing("rebuild", "reports")).Ended(0).With("rebuild reports: ");

        var rebuilt = await Task.WhenAll(reports.Select(report => reported.ReadAsync(report)));
        Assert.Equal(live.Select(reply => reply.Text), rebuilt.Select(reply => reply.Text));
        await Witness.ProveRecordsAsync(reported.World);
    }

    private static (long, long) Level(JsonNode[] rows, string month, string currency)
    {
        var row = Assert.Single(
            rows, one => (string)one["month"]! == month && (string)one["currency"]! == currency);

        return ((long)row["recurringMinor"]!, (long)row["subscriptions"]!);
    }
}
