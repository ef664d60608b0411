using System.Diagnostics;
using System.Globalization;
using Billing.Api.Operations.Audit;

namespace Billing.Api.Operations.Cli;

/// <summary>
/// Progress of long work on one line of a terminal: a bar, the rate, and the time left. Silent where the output is no
/// terminal.
/// </summary>
internal sealed class ConsoleProgress(string name, string unit = "streams") : IProgress<AuditProgress>
{
    private const int Width = 30;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private TimeSpan shown = -Between;

    public TimeSpan Elapsed => watch.Elapsed;

    public void Report(AuditProgress value)
    {
        var isDone = value.Streams >= value.TotalStreams;

        if (!Console.IsErrorRedirected && (isDone || watch.Elapsed - shown >= Between))
        {
            shown = watch.Elapsed;
            Console.Error.Write($"\r{name}: {Line(value, unit, watch.Elapsed)}{(isDone ? "\n" : "")}");
        }
    }

    /// <param name="value">So far; streams that were created meanwhile may bring it over the total.</param>
    /// <param name="unit">What is counted, plural.</param>
    /// <param name="elapsed">Since the beginning, more than zero.</param>
    internal static string Line(AuditProgress value, string unit, TimeSpan elapsed)
    {
        var part = value.TotalStreams == 0 ? 1 : Math.Min(1, (double)value.Streams / value.TotalStreams);
        var bar = new string('#', (int)(part * Width)).PadRight(Width, '.');
        var left = part > 0 ? (elapsed / part) - elapsed : TimeSpan.Zero;

        return string.Create(
            CultureInfo.InvariantCulture,
            $"[{bar}] {part,4:0%}  {value.Streams} of {value.TotalStreams} {unit}, {value.Events} events, "
            + $"{value.Events / elapsed.TotalSeconds:0} events/s, {left.TotalSeconds:0} s left  ");
    }
}
