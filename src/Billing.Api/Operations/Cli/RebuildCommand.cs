using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Billing.Api.Operations.Audit;
using Billing.Api.Reports;

namespace Billing.Api.Operations.Cli;

/// <summary>billing rebuild VIEW: from the events, while the service works.</summary>
internal static class RebuildCommand
{
    private const string Reports = "reports";

    public static Command Create()
    {
        var names = View.All.Select(view => view.Name).Append(Reports).ToArray();
        var view = new Argument<string>("view") { Description = string.Join(" or ", names) };
        view.AcceptOnlyFromAmong(names);
        var command = new Command("rebuild", "Write a view anew from the events, while the service works.")
        {
            view,
        };
        command.SetAction((parsed, ct) => RebuildAsync(parsed.GetValue(view)!, ct));

        return command;
    }

    private static async Task<int> RebuildAsync(string view, CancellationToken ct)
    {
        using var host = CliHost.Open();
        var watch = Stopwatch.StartNew();

        try
        {
            var events = view is Reports
                ? await RebuildReportsAsync(host.Services.GetRequiredService<ReportWriter>(), ct)
                : await ConsoleProgress.ShowAsync(begin => host.Services.GetRequiredService<ViewRebuilder>()
                    .RebuildAsync(View.Named(view), begin($"rebuild {view}", "streams"), ct));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"rebuild {view}: {events} events, {events / watch.Elapsed.TotalSeconds:0} events/s"));

            return 0;
        }
        catch (RebuildException refused)
        {
            await Console.Error.WriteLineAsync(refused.Message);

            return 1;
        }
    }

    // The service may go on with them at the same time: each page of events is added by one of both.
    private static async Task<long> RebuildReportsAsync(ReportWriter writer, CancellationToken ct)
    {
        var events = 0L;
        await writer.AppendAsync(await writer.ClearAsync(ct), ct, added => events += added);

        return events;
    }
}
