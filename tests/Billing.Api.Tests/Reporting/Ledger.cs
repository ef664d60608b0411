using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Reporting;

/// <summary>The simulator's ledger, added up by day in UTC and currency.</summary>
internal sealed class Ledger
{
    private readonly ILookup<(string Day, string Currency), (string What, long Amount)> moved;

    private Ledger(ILookup<(string Day, string Currency), (string What, long Amount)> moved) => this.moved = moved;

    public IEnumerable<(string Day, string Currency)> Days => moved.Select(day => day.Key);

    public static async Task<Ledger> OfAsync(World world) => Of(await world.Sandbox.LedgerAsync());

    public static Ledger Of(IEnumerable<JsonNode?> charges) => new(
        charges
            .SelectMany(charge => charge!["movements"]!.AsArray())
            .ToLookup(
                it => (((DateTimeOffset)it!["at"]!).UtcDateTime.ToString("yyyy-MM-dd"), (string)it["currency"]!),
                it => ((string)it!["what"]!, Minor((string)it["currency"]!, (long)it["amount"]!))));

    /// <summary>Fails where the row of a day says anything else than the ledger.</summary>
    public void AssertSame(JsonNode row)
    {
        var day = moved[((string)row["day"]!, (string)row["currency"]!)].ToLookup(it => it.What, it => it.Amount);
        var expected = new JsonObject();
        Put(expected, "charged", day["captured"]);
        Put(expected, "refunded", day["refunded"]);
        Put(expected, "chargedBack", day["charged_back"]);
        Put(expected, "reversed", day["reversed"]);
        expected["disputesOpened"] = day["disputed"].LongCount();
        expected["disputesWon"] = day["dispute_won"].LongCount();
        expected["disputesLost"] = day["dispute_lost"].LongCount();

        foreach (var (column, value) in expected)
        {
            var isSame = (long)row[column]! == value!.GetValue<long>();
            Assert.True(isSame, $"{column} is not {value}: {row.ToJsonString()}");
        }

        Assert.Equal(
            (long)row["chargedMinor"]! - (long)row["refundedMinor"]! - (long)row["chargedBackMinor"]!
                - (long)row["reversedMinor"]! - (long)row["disputeLostMinor"]!,
            (long)row["netMinor"]!);
    }

    /// <summary>What was captured on each day.</summary>
    public IEnumerable<((string Day, string Currency) Key, long Count, long Minor)> Captured => moved
        .Select(day => (day.Key, Amounts: day.Where(it => it.What is "captured").Select(it => it.Amount).ToList()))
        .Where(day => day.Amounts.Count > 0)
        .Select(day => (day.Key, (long)day.Amounts.Count, day.Amounts.Sum()));

    /// <summary>How often something happened and the sum of it in each currency, over all days.</summary>
    public IEnumerable<(string Currency, long Count, long Minor)> Totals(string what) => moved
        .SelectMany(day => day.Where(it => it.What == what).Select(it => (day.Key.Currency, it.Amount)))
        .GroupBy(it => it.Currency, it => it.Amount)
        .Select(sum => (sum.Key, sum.LongCount(), sum.Sum())).Order();

    private static void Put(JsonObject row, string column, IEnumerable<long> amounts) =>
        (row[$"{column}Count"], row[$"{column}Minor"]) = (amounts.LongCount(), amounts.Sum());

    // The gateway counts hundredths; a won has none.
    private static long Minor(string currency, long hundredths) => currency is "KRW" ? hundredths / 100 : hundredths;
}
