using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Billing.Bench.Harness;

/// <summary>Floors that depend on PostgreSQL alone.</summary>
internal static partial class Pgbench
{
    public const string OneRowCommits = "one-row insert commits by pgbench, 8 clients";
    private const int Clients = 8;
    private const int Threads = 2;

    /// <summary>Commits per second of eight clients that each insert one row of so many bytes.</summary>
    /// <exception cref="InvalidOperationException">pgbench is missing or failed.</exception>
    public static async Task<double> OneRowCommitsAsync(
        NpgsqlDataSource dataSource, string connectionString, TimeSpan time, int bytes = 20)
    {
        await using var command = dataSource.CreateCommand(
            """
            create table if not exists public.floor (
                id bigint generated always as identity primary key, body bytea not null)
            """);
        await command.ExecuteNonQueryAsync();
        var insert = $"insert into public.floor (body) values (decode(repeat('ab', {bytes}), 'hex'));\n";

        return await PerSecondAsync(connectionString, insert, time);
    }

    private static async Task<double> PerSecondAsync(string connectionString, string script, TimeSpan time)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, script);

        try
        {
            var database = new NpgsqlConnectionStringBuilder(connectionString);
            using var pgbench = Process.Start(Start(database, file, Math.Max(1, (int)time.TotalSeconds)))!;
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

    private static ProcessStartInfo Start(NpgsqlConnectionStringBuilder database, string file, int time) => new(Find())
    {
        ArgumentList = { "-n", "-M", "prepared", "-f", file, "-c", $"{Clients}", "-j", $"{Threads}", "-T", $"{time}" },
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        Environment =
        {
            ["PGHOST"] = database.Host, ["PGPORT"] = $"{database.Port}", ["PGUSER"] = database.Username,
            ["PGPASSWORD"] = database.Password, ["PGDATABASE"] = database.Database,
        },
    };

    private static string Find() =>
        ((string[])[.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), .. Versions()])
            .Select(folder => Path.Combine(folder, "pgbench"))
            .FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("pgbench is missing: it comes with the PostgreSQL server packages.");

    private static IEnumerable<string> Versions() => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending()
            .Select(version => Path.Combine(version, "bin"))
        : [];

    [GeneratedRegex(@"tps = ([0-9.]+)")]
    private static partial Regex Tps();
}
