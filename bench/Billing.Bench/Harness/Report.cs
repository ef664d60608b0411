using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Billing.Bench.Harness;

/// <summary>Prints what was measured: a line for people, or one JSON object per row.</summary>
internal static class Report
{
    public static readonly string Head =
        $"{"bench",-20} {"value",10} {"bar",7} {"floor",10} {"ratio",7} {"bar",6} {"spread",7}  unit";

    public static string Line(Benchmark benchmark, Measured measured)
    {
        var (value, floor, ratio) = Medians(measured);
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{benchmark.Name,-20} {Short(value),10} {Short(benchmark.Bar),7} {Short(floor),10} {ratio,7:0.00} "
            + $"{benchmark.RatioBar,6:0.00} {Spread(measured),7:P0}  {benchmark.Unit}");
        var figures = measured.Figures.Select(figure => $"  {figure.Key} {Short(figure.Value)}");

        return line + string.Concat(figures) + (measured.Wrong is { } wrong ? $"  WRONG: {wrong}" : "");
    }

    public static string Json(Benchmark benchmark, Measured measured)
    {
        var (value, floor, ratio) = Medians(measured);
        var row = new JsonObject { ["bench"] = benchmark.Name, ["unit"] = benchmark.Unit };
        Add(row, "value", value);
        Add(row, "bar", benchmark.Bar);
        Add(row, "floor", floor);
        Add(row, "ratio", ratio);
        Add(row, "ratio_bar", benchmark.RatioBar);
        Add(row, "rounds", measured.Rounds.Count);
        Add(row, "spread", Spread(measured));

        foreach (var (name, figure) in measured.Figures)
        {
            Add(row, name, figure);
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

    private static double Spread(Measured measured) =>
        Figures.Spread([.. measured.Rounds.Select(round => round.Ratio ?? round.Value)]);

    private static string Short(double? figure) =>
        figure is { } known ? known.ToString(Math.Abs(known) < 100 ? "0.##" : "N0", CultureInfo.InvariantCulture) : "";

    private static void Add(JsonObject row, string name, double? figure)
    {
        if (figure is { } known)
        {
            row[name] = Math.Round(known, 3);
        }
    }
}
