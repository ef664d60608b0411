using System.CommandLine;
using System.Globalization;
using Billing.Api.Comparing;

namespace Billing.Api.Cli;

/// <summary>billing audit drift: the books against the gateway.</summary>
internal static class DriftCommand
{
    private const int MostShown = 50;

    public static Command Create()
    {
        var site = new Option<string?>("--site") { Description = "SiteID; may be left out where only one is configured." };
        var since = new Option<DateTimeOffset?>("--since") { Description = "Payments made from then on are compared, and preapprovals that were not closed before. Default: 35 days ago.", HelpName = "D" };
        var heal = new Option<bool>("--heal") { Description = "Apply what the gateway says for certain, by the ordinary rules. Otherwise it is only recorded." };
        var command = new Command("drift", "Compare preapprovals and payments with the gateway, and record what differs. Exit code 1 when something does, or could not be asked.") { site, since, heal };
        command.SetAction((parsed, ct) => RunAsync(parsed.GetValue(site), parsed.GetValue(since), parsed.GetValue(heal), ct));

        return command;
    }

    private static async Task<int> RunAsync(string? named, DateTimeOffset? since, bool heal, CancellationToken ct)
    {
        await using var services = Books.Open();
        await Books.FollowClockAsync(services, ct);
        var site = OneSite.Of(services, named);
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();

        var asked = NightlyWalk.Begin(site, since ?? now - NightlyWalk.LeastBack, now, heal, "audit-drift");
        var walk = await services.GetRequiredService<DriftWalk>().BeginAsync(asked, Show, ct) ?? await FollowAsync(services, site, ct);
        Console.Error.Write(Console.IsErrorRedirected ? "" : "\n");

        if (walk.By != asked.By || walk.Since != asked.Since)
        {
            Console.WriteLine($"audit drift: this was the walk that {walk.By} had begun, over payments since {walk.Since.UtcDateTime:O}. Run it again for your own.");
        }

        var (open, lines) = await services.GetRequiredService<ComparedBooks>().OpenAsync(site, MostShown, ct);

        foreach (var line in lines)
        {
            Console.WriteLine($"  {line}");
        }

        if (open > lines.Count)
        {
            Console.WriteLine($"  … and {open - lines.Count} more");
        }

        Console.WriteLine($"audit drift: {Line(walk)}, {open} open{(walk.IsDone ? "" : "; stopped: the gateway could not be asked. Run it again to go on")}");

        return walk is { IsDone: true, Unasked: 0 } && open == 0 ? 0 : 1;
    }

    // Another node has the walk: shown as it goes on, and taken over should that node die.
    private static async Task<Walk> FollowAsync(ServiceProvider services, string site, CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), ct);
            var last = (await services.GetRequiredService<WalkLog>().LastAsync(site, ct))!;
            Show(last);

            if (last.IsDone)
            {
                return last;
            }

            if (await services.GetRequiredService<DriftWalk>().GoOnAsync(site, Show, ct) is { } taken)
            {
                return taken;
            }
        }
    }

    private static void Show(Walk walk)
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write($"\raudit drift: {walk.Stage}, {Line(walk)}  ");
        }
    }

    private static string Line(Walk it) => string.Create(
        CultureInfo.InvariantCulture, $"{it.Preapprovals} preapprovals, {it.Payments} payments, {it.Found} found, {it.Healed} healed, {it.Unasked} not asked");
}
