using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Billing.Bench.Harness;

/// <summary>Floors that no client of ours can be blamed for.</summary>
internal static partial class Pgbench
{
    /// <param name="connectionString">Database and schema.</param>
    /// <param name="script">What each client does again and again, in pgbench's language.</param>
    /// <param name="clients">How many at once.</param>
    /// <param name="time">How long.</param>
    /// <returns>Scripts per second.</returns>
    /// <exception cref="InvalidOperationException">pgbench is missing or failed.</exception>
    public static async Task<double> PerSecondAsync(string connectionString, string script, int clients, TimeSpan time)
    {
        var url = new NpgsqlConnectionStringBuilder(connectionString);
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, script);
        try
        {
            var start = new ProcessStartInfo(Find())
            {
                ArgumentList = { "-n", "-M", "prepared", "-f", file, "-c", $"{clients}", "-j", $"{Math.Min(clients, 2)}", "-T", $"{Math.Max(1, (int)time.TotalSeconds)}" },
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment =
                {
                    ["PGHOST"] = url.Host, ["PGPORT"] = $"{url.Port}", ["PGUSER"] = url.Username, ["PGPASSWORD"] = url.Password,
                    ["PGDATABASE"] = url.Database, ["PGOPTIONS"] = $"-c search_path={url.SearchPath}",
                },
            };
            using var pgbench = Process.Start(start)!;
            var (output, complaint) = (pgbench.StandardOutput.ReadToEndAsync(), pgbench.StandardError.ReadToEndAsync());
            await pgbench.WaitForExitAsync();

            return pgbench.ExitCode == 0 && Tps().Match(await output) is { Success: true } tps
                ? double.Parse(tps.Groups[1].Value, CultureInfo.InvariantCulture)
                : throw new InvalidOperationException($"pgbench failed: {await complaint}");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Find() =>
        ((string[])[.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), .. Versions()])
            .Select(folder => Path.Combine(folder, "pgbench"))
            .FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("pgbench is missing: it comes with the PostgreSQL server packages (Debian: postgresql).");

    private static IEnumerable<string> Versions() => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(version => Path.Combine(version, "bin"))
        : [];

    [GeneratedRegex(@"tps = ([0-9.]+)")]
    private static partial Regex Tps();
}
