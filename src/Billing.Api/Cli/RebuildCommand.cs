using System.CommandLine;
using System.Globalization;
using Billing.EventStore;

namespace Billing.Api.Cli;

/// <summary>billing rebuild VIEW: from the events, from nothing, while the service goes on.</summary>
internal static class RebuildCommand
{
    public static Command Create()
    {
        var views = Projections.Views.Select(view => view.Name).ToArray();
        var view = new Argument<string>("view") { Description = string.Join(" or ", views) };
        view.AcceptOnlyFromAmong(views);
        var command = new Command("rebuild", "Write a view anew from the events, beside the service; until it is whole, everybody sees the old one.") { view };
        command.SetAction((parsed, ct) => RebuildAsync(parsed.GetValue(view)!, ct));

        return command;
    }

    private static async Task<int> RebuildAsync(string view, CancellationToken ct)
    {
        await using var services = Books.Open();
        var progress = new ConsoleProgress($"rebuild {view}");
        try
        {
            var events = await services.GetRequiredService<Rebuilder>().RebuildAsync(view, progress, ct);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"rebuild {view}: {events} events, {events / progress.Elapsed.TotalSeconds:0} events/s"));

            return 0;
        }
        catch (RebuildException refused)
        {
            await Console.Error.WriteLineAsync(refused.Message);

            return 1;
        }
    }
}
