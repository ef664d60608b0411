using System.Text.Json.Nodes;
using Billing.Api.Reports;
using Billing.Api.Tests.Reporting;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Simulating;

/// <summary>The payment report of all days against the gateway's ledger, as it grew and added up again.</summary>
/// <remarks>
/// What is learnt late belongs to the day that the gateway states, which need not be the day on which it moved the
/// money. Nor need that of a charge that was sent again after a restore. Such charges are compared as sums over all
/// days, those that were answered at once day by day.
/// </remarks>
internal static class DailyReports
{
    private const string Years = "?from=2030-01-01&to=2039-12-31";

    private static readonly (string Column, string What)[] Sums =
    [
        ("charged", "captured"), ("refunded", "refunded"), ("chargedBack", "charged_back"), ("reversed", "reversed"),
    ];

    /// <param name="answered">The charges that were sent once, and learnt from the answer.</param>
    public static async Task AssertSameAsync(World world, Ledger ledger, Ledger answered)
    {
        var live = await RowsAsync(world);

        foreach (var (column, what) in Sums)
        {
            Assert.Equal(
                ledger.Totals(what),
                live.GroupBy(row => (string)row["currency"]!)
                    .Select(rows => (
                        rows.Key, rows.Sum(row => (long)row[$"{column}Count"]!),
                        rows.Sum(row => (long)row[$"{column}Minor"]!)))
                    .Where(sum => sum.Item2 > 0).Order());
        }

        var days = live.ToDictionary(row => ((string)row["day"]!, (string)row["currency"]!));
        var all = answered.Captured.ToList();
        var others = all.Where(day => !(days.TryGetValue(day.Key, out var row)
            && (long)row["chargedCount"]! >= day.Count && (long)row["chargedMinor"]! >= day.Minor)).ToList();

        // The clock of the gateway jumps by days: a call that is under way is answered on another day than it began.
        Assert.True(
            others.Count <= all.Count / 25, $"Of {all.Count} days these differ: {string.Join(", ", others)}");

        (await world.Billing("rebuild", "reports")).Ended(0);
        Assert.Equal(Texts(live), Texts(await RowsAsync(world)));
    }

    private static IEnumerable<string> Texts(JsonNode[] rows) => rows.Select(row => row.ToJsonString());

    private static async Task<JsonNode[]> RowsAsync(World world)
    {
        JsonNode? report = null;
        await Waiting.Until("everything is counted", async () =>
        {
            var reply = await world.Storefront.ReadAsync($"v1/reports/{ReportQueries.Payments}{Years}");
            report = reply.Json;

            return (int)reply.Status == 200 && (double)report["behindSeconds"]! == 0;
        });

        return [.. report!["rows"]!.AsArray().OfType<JsonNode>()];
    }
}
