using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Billing.Bench.Harness;

/// <summary>Prints what was measured: a line for people, or one JSON object per row.</summary>
internal static class Report
{
    public static readonly string Head = $"{"bench",-24} {"value",14} {"floor",14} {"ratio",7} {"asked",7} {"spread",7}  unit";

    public static string Line(Benchmark benchmark, Measured measured)
    {
        var (value, floor, ratio) = Medians(measured);
        var asked = benchmark.AtLeast is { } least ? $"{least,7:#,0.##}" : new string(' ', 7);
        var more = string.Concat(
            measured.P99Ms is { } p99 ? $"  p99 {p99:0.0} ms" : "", measured.MaxRssMb is { } rss ? $"  rss {rss:0} MB" : "",
            measured.Duplicates is { } doubled ? $"  duplicates {doubled}" : "", measured.Wrong is { } wrong ? $"  WRONG: {wrong}" : "");

        return string.Create(
            CultureInfo.InvariantCulture, $"{benchmark.Name,-24} {value,14:N0} {floor,14:N0} {ratio,7:0.00} {asked} {Figures.Spread([.. measured.Rounds.Select(r => r.Ratio ?? r.Value)]),7:P0}  {benchmark.Unit}{more}");
    }

    public static string Json(Benchmark benchmark, Measured measured)
    {
        var (value, floor, ratio) = Medians(measured);
        var row = new JsonObject
        {
            ["bench"] = benchmark.Name, ["value"] = Math.Round(value, 1), ["unit"] = benchmark.Unit, ["floor"] = Rounded(floor, 1), ["ratio"] = Rounded(ratio, 3),
            ["rounds"] = measured.Rounds.Count, ["spread"] = Math.Round(Figures.Spread([.. measured.Rounds.Select(r => r.Ratio ?? r.Value)]), 3),
        };
        foreach (var (name, figure) in (IEnumerable<(string, double?)>)[("p99_ms", measured.P99Ms), ("max_rss_mb", measured.MaxRssMb), ("duplicates", measured.Duplicates)])
        {
            if (figure is { } known)
            {
                row[name] = Math.Round(known, 2);
            }
        }

        if (measured.Wrong is { } wrong)
        {
            row["wrong"] = wrong;
        }

        return row.ToJsonString(JsonSerializerOptions.Default);
    }

    private static (double Value, double? Floor, double? Ratio) Medians(Measured measured)
    {
        var hasFloor = measured.Rounds.All(round => round.Floor is not null);
        return (
            Figures.Median(measured.Rounds.Select(round => round.Value)),
            hasFloor ? Figures.Median(measured.Rounds.Select(round => round.Floor!.Value)) : null,
            hasFloor ? Figures.Median(measured.Rounds.Select(round => round.Ratio!.Value)) : null);
    }

    private static double? Rounded(double? figure, int digits) => figure is { } known ? Math.Round(known, digits) : null;
}
