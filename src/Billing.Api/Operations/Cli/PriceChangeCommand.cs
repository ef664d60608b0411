using System.CommandLine;
using System.Globalization;
using Billing.Api.Operations.Audit;
using Billing.Api.PriceChanges;
using Billing.Domain;
using Billing.Domain.Scheduling;

namespace Billing.Api.Operations.Cli;

/// <summary>billing price-change: a new price for many subscriptions, tried first and run then.</summary>
/// <remarks>The work is done here and by running nodes; a verb that was stopped is repeated to go on.</remarks>
internal static class PriceChangeCommand
{
    private const int MostShown = 20;

    public static Command Create() => new(
        "price-change", "Change the price of many subscriptions from a day on: try it, run it, cancel it.")
    {
        Try(),
        OfOne("run", "Run a change after its dry run; repeating it goes on and changes nothing twice.", RunAsync),
        OfOne("cancel", "Stop a change and take back what it has planned; what is in force stays.", CancelAsync),
        OfOne("show", "Show a change, and some of the subscriptions that it does not change.", ShowAsync),
    };

    private static Command Try()
    {
        var (site, by) = (OneSite.Option(), OperatorCommands.By());
        var currency = new Option<string>("--currency") { Description = "Such as BRL.", Required = true };
        var from = new Option<long?>("--from-amount") { Description = "Only those of this price, in minor units." };
        var every = new Option<int?>("--every") { Description = "Only those of this interval." };
        var unit = new Option<string?>("--unit") { Description = "Only those of day, week, month or year." };
        var method = new Option<int?>("--method") { Description = "Only those of this MethodID." };
        var to = new Option<long?>("--to-amount") { Description = "The new price, in minor units." };
        var percent = new Option<decimal?>("--percent") { Description = "By how much it rises, as 4.5 or -10." };
        var on = new Option<string>("--on") { Description = "The first day, like 2027-01-01.", Required = true };
        var command = new Command(
            "try", "Show what a change would do: how many subscriptions, and sums of prices. Changes nothing.")
        {
            currency, from, every, unit, method, to, percent, on, site, by,
        };
        command.SetAction((parsed, ct) => WithAsync(parsed.GetValue(site), async (changes, tenant) =>
        {
            var terms = new PriceTerms(
                parsed.GetValue(currency)!, parsed.GetValue(from), parsed.GetValue(every),
                parsed.GetValue(unit) is { } word ? ScheduleWords.ParseUnit(word) : null, parsed.GetValue(to),
                parsed.GetValue(percent), Day(parsed.GetValue(on)!));
            var change = await changes.CreateAsync(
                tenant, terms, parsed.GetValue(method), null, parsed.GetValue(by)!, ct);
            Print(await FinishAsync(changes, tenant, change, ct));
            Console.WriteLine($"Nothing is changed yet. To run it: ./billing price-change run {change.Id}");

            return 0;
        }, ct));

        return command;
    }

    private static Command OfOne(
        string name, string description, Func<PriceChangeCommands, string, Guid, CancellationToken, Task<int>> work)
    {
        var (id, site) = (Values.Id("The id that `price-change try` has shown."), OneSite.Option());
        var command = new Command(name, description) { id, site };
        command.SetAction((parsed, ct) => WithAsync(
            parsed.GetValue(site), (changes, tenant) => work(changes, tenant, parsed.GetValue(id), ct), ct));

        return command;
    }

    private static async Task<int> RunAsync(PriceChangeCommands changes, string site, Guid id, CancellationToken ct)
    {
        var dryRun = await FinishAsync(changes, site, await changes.FindAsync(site, id, ct), ct);

        if (dryRun.State is PriceChangeState.Checked)
        {
            dryRun = await changes.RunAsync(site, id, ct);
        }

        Print(await FinishAsync(changes, site, dryRun, ct));

        return 0;
    }

    private static async Task<int> CancelAsync(PriceChangeCommands changes, string site, Guid id, CancellationToken ct)
    {
        Print(await FinishAsync(changes, site, await changes.CancelAsync(site, id, ct), ct));

        return 0;
    }

    private static async Task<int> ShowAsync(PriceChangeCommands changes, string site, Guid id, CancellationToken ct)
    {
        Print(await changes.FindAsync(site, id, ct));
        var refused = await changes.RefusedAsync(site, id, null, MostShown, ct);
        var table = new Table("SUBSCRIPTION", "CODE", "REASON");

        foreach (var one in refused)
        {
            table.Add($"{one.SubscriptionId}", one.Code, one.Reason);
        }

        table.Print();

        return 0;
    }

    private static async Task<int> WithAsync(
        string? named, Func<PriceChangeCommands, string, Task<int>> work, CancellationToken ct)
    {
        using var host = await CliHost.StartAsync(ct);

        try
        {
            return await work(host.Services.GetRequiredService<PriceChangeCommands>(), OneSite.Of(host, named));
        }
        catch (Hosting.NotFoundException)
        {
            await Console.Error.WriteLineAsync("This site has no such price change.");

            return 1;
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }

    // A running node works at it too: whichever has the lock of the change.
    private static Task<PriceChange> FinishAsync(
        PriceChangeCommands changes, string site, PriceChange change, CancellationToken ct) =>
        ConsoleProgress.ShowAsync(async begin =>
        {
            var progress = begin($"price change, {Word(change)}", "subscriptions");

            while (change.IsUnderWay)
            {
                ct.ThrowIfCancellationRequested();

                if (await changes.AdvanceAsync(site, change.Id) is { } advanced)
                {
                    change = advanced;
                }
                else
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(200), ct);
                    change = await changes.FindAsync(site, change.Id, ct);
                }

                progress.Report(new AuditProgress(change.Counts.Looked, change.Counts.Changed, change.Counts.Total));
            }

            return change;
        });

    private static string Word(PriceChange change) => change.State.ToString().ToLowerInvariant();

    private static void Print(PriceChange change)
    {
        var (it, currency) = (change.Counts, change.Terms.Currency);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{change.Id}  {Word(change)}: {it.Looked} of {it.Total} subscriptions looked at, {it.Changed} "
            + $"{(change.Cancelling is not null ? "taken back" : change.Run is null ? "would change" : "changed")}, "
            + $"{it.Unchanged} need no change, {it.Refused.Values.Sum()} refused"));

        foreach (var (code, count) in it.Refused)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  refused as {code}: {count}"));
        }

        if (change.Cancelling is null)
        {
            Console.WriteLine(
                $"  prices of a period: {new Money(it.BeforeMinor, currency)} before, "
                + $"{new Money(it.AfterMinor, currency)} from {change.Terms.EffectiveOn:yyyy-MM-dd} on");
            Console.WriteLine(
                $"  for one month: {new Money(it.MonthlyBeforeMinor, currency)} before, "
                + $"{new Money(it.MonthlyAfterMinor, currency)} after");
        }
    }

    private static DateOnly Day(string text) => DateOnly.TryParseExact(
        text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        ? day
        : throw new RuleViolation("date_invalid", $"--on '{text}' is no date like 2027-01-01.");
}
