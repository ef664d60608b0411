using System.CommandLine;
using Billing.EventStore;

namespace Billing.Api.Cli;

/// <summary>billing rebuild VIEW: from the events, from nothing.</summary>
internal static class RebuildCommand
{
    public static Command Create()
    {
        var views = Projections.Views.Select(view => view.Name).ToArray();
        var view = new Argument<string>("view") { Description = string.Join(" or ", views) };
        view.AcceptOnlyFromAmong(views);
        var command = new Command("rebuild", "Write a view anew from the events.") { view };
        command.SetAction(async (parsed, ct) =>
        {
            await using var services = Books.Open();
            var name = parsed.GetValue(view)!;
            var events = await services.GetRequiredService<Rebuilder>().RebuildAsync(name, new ConsoleProgress($"rebuild {name}"), ct);
            Console.WriteLine($"rebuild {name}: {events} events");

            return 0;
        });

        return command;
    }
}
