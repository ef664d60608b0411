using System.Globalization;

namespace Billing.Bench.Harness;

internal static class ProcessMemory
{
    /// <summary>The most memory that a process ever held: VmHWM of /proc/PID/status, proc(5).</summary>
    /// <returns>Null when the process has ended.</returns>
    public static double? MaxRssMb(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status")
                .FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            var words = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries);

            return words is null ? null : double.Parse(words[1], CultureInfo.InvariantCulture) / 1024;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
