using System.Globalization;
using Npgsql;

namespace Billing.Bench.Harness;

/// <summary>What the server's processes have used so far, where it runs on this machine; the kernel's ticks are hundredths of a second.</summary>
internal static class PostgresCpu
{
    public static async Task<TimeSpan> AskAsync(NpgsqlDataSource books)
    {
        await using var command = books.CreateCommand("select pg_backend_pid()");
        var backend = (int)(await command.ExecuteScalarAsync())!;
        var postmaster = Stat(backend)?.Parent;
        var children = Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => name!.All(char.IsAsciiDigit)).Select(name => Stat(int.Parse(name!, CultureInfo.InvariantCulture)));

        return TimeSpan.FromMilliseconds(10 * children.Where(one => one?.Parent == postmaster).Sum(one => one!.Value.Ticks));
    }

    // /proc/PID/stat, proc(5): the name in parentheses may hold anything.
    private static (int Parent, long Ticks)? Stat(int pid)
    {
        try
        {
            var fields = File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1].Split(' ');
            return (int.Parse(fields[1], CultureInfo.InvariantCulture), long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null;
        }
    }
}
