using System.CommandLine;
using System.Globalization;
using Billing.Api.Hosting.Clock;
using Billing.Api.Reconciliation;

namespace Billing.Api.Operations.Cli;

/// <summary>billing audit drift: what we hold against the gateway.</summary>
internal static class DriftCommand
{
    private const int MostShown = 50;

    public static Command Create()
    {
        var site = OneSite.Option();
        var since = Instants.Option(
            "--since",
            "Payments made from then on are compared, and preapprovals that were not closed before. "
            + "Default: 35 days ago.");
        var heal = new Option<bool>("--heal")
        {
            Description = "Apply what the gateway says for certain, by the ordinary rules. Otherwise it is only "
                + "recorded.",
        };
        var command = new Command(
            "drift",
            "Compare preapprovals and payments with the gateway, and record what differs. "
            + "Exit code 1 when something does, or could not be asked.")
        {
            site, since, heal,
        };
        command.SetAction(
            (parsed, ct) => RunAsync(parsed.GetValue(site), parsed.GetValue(since), parsed.GetValue(heal), ct));

        return command;
    }

    /// <summary>billing audit dismiss: what only the gateway has, and needs no record here.</summary>
    public static Command Dismiss()
    {
        var id = new Argument<string>("id")
        {
            Description = "payment- or preapproval- and the gateway's number, as ./billing attention shows it.",
        };
        var (site, by) = (OneSite.Option(), OperatorCommands.By());
        var command = new Command(
            "dismiss", "Record that a payment or preapproval of the gateway alone needs no record here.")
        {
            id, site, by,
        };
        command.SetAction(async (parsed, ct) =>
        {
            using var host = CliHost.Open();
            await CliHost.FollowClockAsync(host, ct);
            var isDone = await host.Services.GetRequiredService<Strays>().DismissAsync(
                OneSite.Of(host, parsed.GetValue(site)), parsed.GetValue(id)!, parsed.GetValue(by)!,
                host.Services.GetRequiredService<BusinessClock>().GetUtcNow(), ct);
            Console.WriteLine(isDone ? "dismissed" : "Nothing of that id is reported as the gateway's alone.");

            return isDone ? 0 : 1;
        });

        return command;
    }

    private static async Task<int> RunAsync(string? named, DateTimeOffset? since, bool heal, CancellationToken ct)
    {
        using var host = await CliHost.StartAsync(ct);
        var site = OneSite.Of(host, named);
        var now = host.Services.GetRequiredService<BusinessClock>().GetUtcNow();
        var asked = ReconciliationSchedule.Begin(
            site, since ?? now - ReconciliationSchedule.LeastBack, now, heal, "audit-drift");
        var reconciler = host.Services.GetRequiredService<Reconciler>();
        var run = await reconciler.BeginAsync(asked, Show, ct) ?? await FollowAsync(host, site, ct);
        Console.Error.Write(Console.IsErrorRedirected ? "" : "\n");

        if (run.By != asked.By || run.Since != asked.Since)
        {
            Console.WriteLine(
                $"audit drift: this was the run that {run.By} had begun, over payments since "
                + $"{Table.Local(run.Since)}. Run it again for your own.");
        }

        var open = await PrintOpenAsync(host, site, ct);
        Console.WriteLine(
            $"audit drift: {Line(run)}, {open} open"
            + $"{(run.IsDone ? "" : "; stopped: the gateway could not be asked. Run it again to continue")}");
        await host.StopAsync(CancellationToken.None);

        return run is { IsDone: true, Unasked: 0 } && open == 0 ? 0 : 1;
    }

    private static async Task<long> PrintOpenAsync(IHost host, string site, CancellationToken ct)
    {
        var (open, shown) = await host.Services.GetRequiredService<OpenDifferences>().ListAsync(site, MostShown, ct);
        var table = new Table("DIFFERS", "FIELD", "OURS", "THE GATEWAY'S", "FOUND AT");

        foreach (var one in shown)
        {
            table.Add(one.Subject, one.Field, one.Ours, one.Theirs, Table.Local(one.FoundAt));
        }

        table.Print();

        if (open > table.Count)
        {
            Console.WriteLine($"… and {open - table.Count} more");
        }

        return open;
    }

    // Another node has the run: it is shown as it goes on, and continued here if that node dies.
    private static async Task<ReconciliationRun> FollowAsync(IHost host, string site, CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), ct);

            if (await host.Services.GetRequiredService<RunLog>().FindAsync(site, ct) is not { } last)
            {
                continue;
            }

            Show(last);

            if (last.IsDone)
            {
                return last;
            }

            if (await host.Services.GetRequiredService<Reconciler>().ContinueAsync(site, Show, ct) is { } taken)
            {
                return taken;
            }
        }
    }

    private static void Show(ReconciliationRun run)
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write($"\raudit drift: {run.Step}, {Line(run)}  ");
        }
    }

    // What agrees again may have done so without us: only --heal applies anything.
    private static string Line(ReconciliationRun it) => string.Create(
        CultureInfo.InvariantCulture,
        $"{it.ComparedPreapprovals} preapprovals, {it.ComparedPayments} payments, {it.Found} found, "
        + $"{it.Healed} no longer differ, {it.Unasked} not asked");
}
