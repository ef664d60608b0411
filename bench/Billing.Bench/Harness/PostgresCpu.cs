using System.Globalization;
using Npgsql;

namespace Billing.Bench.Harness;

/// <summary>CPU time that the server's living processes have used, where it runs on this machine.</summary>
internal static class PostgresCpu
{
    private const int MillisecondsPerTick = 10;

    public static async Task<TimeSpan> ReadAsync(NpgsqlDataSource dataSource)
    {
        await using var command = dataSource.CreateCommand("select pg_backend_pid()");
        var backend = (int)(await command.ExecuteScalarAsync())!;
        var postmaster = Stat(backend)?.Parent;
        var processes = Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Where(name => name!.All(char.IsAsciiDigit)).Select(name => Stat(Number(name!)));
        var ticks = processes.Where(process => process?.Parent == postmaster).Sum(process => process!.Value.Ticks);

        return TimeSpan.FromMilliseconds(MillisecondsPerTick * ticks);
    }

    // /proc/PID/stat, proc(5): the name in parentheses may hold anything.
    private static (int Parent, long Ticks)? Stat(int pid)
    {
        try
        {
            var fields = File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1].Split(' ');

            return (Number(fields[1]), Number(fields[11]) + Number(fields[12]));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
