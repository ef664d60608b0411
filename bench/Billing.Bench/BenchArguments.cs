using System.Globalization;
using Billing.Bench.Harness;

namespace Billing.Bench;

/// <summary>The command line of `./billing bench`.</summary>
internal sealed record BenchArguments(IReadOnlyList<Benchmark> Rows, int Rounds, bool IsJson)
{
    private const int DefaultRounds = 5;
    private const string RoundsOption = "--rounds=";

    public static string Usage => string.Join('\n', (string[])
    [
        "./billing bench [NAME...] [--json] [--rounds=N]   measures each row beside its floor. The rows:",
        .. Benchmarks.All.Select(row => $"  {row.Name,-20} {row.What}"),
    ]);

    /// <returns>Null when the arguments are wrong or ask for help.</returns>
    public static BenchArguments? Read(string[] args)
    {
        var names = args.Where(arg => !arg.StartsWith('-')).ToList();
        var options = args.Where(arg => arg.StartsWith('-') && arg != "--json").ToList();
        var rounds = DefaultRounds;
        var areOptionsRight = options is []
            || (options is [{ } only] && only.StartsWith(RoundsOption, StringComparison.Ordinal)
                && int.TryParse(only.AsSpan(RoundsOption.Length), CultureInfo.InvariantCulture, out rounds)
                && rounds > 0);
        var rows = Benchmarks.All.Where(row => names is [] || names.Contains(row.Name)).ToList();

        return areOptionsRight && !names.Except(rows.Select(row => row.Name)).Any()
            ? new(rows, rounds, args.Contains("--json"))
            : null;
    }
}
