using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Billing.Api.Operations.Audit;

namespace Billing.Api.Operations.Cli;

/// <summary>billing rebuild VIEW: from the events, while the service works.</summary>
internal static class RebuildCommand
{
    public static Command Create()
    {
        var names = View.All.Select(view => view.Name).ToArray();
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
            var rebuilder = host.Services.GetRequiredService<ViewRebuilder>();
            var events = await ConsoleProgress.ShowAsync(begin =>
                rebuilder.RebuildAsync(View.Named(view), begin($"rebuild {view}", "streams"), ct));
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
}
