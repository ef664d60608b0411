using System.Diagnostics;
using System.Globalization;
using Billing.Api.Operations.Audit;
using Spectre.Console;

namespace Billing.Api.Operations.Cli;

/// <summary>
/// Progress of long work on a terminal, one line for each part: a bar, the rate, and the time left. Silent where the
/// standard error is no terminal.
/// </summary>
internal sealed class ConsoleProgress(ProgressTask? task, string name, string unit) : IProgress<AuditProgress>
{
    private readonly Stopwatch watch = Stopwatch.StartNew();

    /// <param name="work">Begins a line by its name and by what is counted, plural.</param>
    public static async Task<T> ShowAsync<T>(Func<Func<string, string, IProgress<AuditProgress>>, Task<T>> work)
    {
        if (Console.IsErrorRedirected)
        {
            return await work((name, unit) => new ConsoleProgress(null, name, unit));
        }

        var terminal = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(Console.Error) });

        return await terminal.Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(),
                new RemainingTimeColumn())
            .StartAsync(lines => work((name, unit) =>
                new ConsoleProgress(lines.AddTask(Markup.Escape(name)), name, unit)));
    }

    public void Report(AuditProgress value)
    {
        if (task is not null)
        {
            // Streams that were created meanwhile may bring it over the total.
            task.MaxValue = Math.Max(1, Math.Max(value.Streams, value.TotalStreams));
            task.Value = value.TotalStreams == 0 ? 1 : value.Streams;
            task.Description = Markup.Escape(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: {value.Streams} of {value.TotalStreams} {unit}, {value.Events} events, "
                + $"{value.Events / watch.Elapsed.TotalSeconds:0} events/s"));
        }
    }
}
