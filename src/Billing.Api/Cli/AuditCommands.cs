using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Billing.Api.Subscriptions;
using Billing.EventStore;
using Npgsql;

namespace Billing.Api.Cli;

/// <summary>billing audit verify · replay: promises 6 and 7.</summary>
internal static class AuditCommands
{
    private const int MostShown = 50;

    public static Command Create() => new("audit", "Prove the books: hash chains, and views against replay.") { Verify(), Replay() };

    private static Command Verify()
    {
        var command = new Command("verify", "Recompute every hash from the tables alone and compare every view with replay. Exit code 1 names what differs.");
        command.SetAction((_, ct) => VerifyAsync(ct));

        return command;
    }

    private static Command Replay()
    {
        var id = new Argument<Guid>("id") { Description = "The subscription's id." };
        var site = new Option<string?>("--site") { Description = "SiteID; may be left out where only one is configured." };
        var asOf = new Option<DateTimeOffset?>("--as-of", "--known-at") { Description = "What we had recorded by this instant, RFC 3339." };
        var unseal = new Option<bool>("--unseal") { Description = "Shows personal data too." };
        var command = new Command("replay", "Fold one stream and print its events and the state they give.") { id, site, asOf, unseal };
        command.SetAction((parsed, ct) => ReplayAsync(parsed.GetValue(id), parsed.GetValue(site), parsed.GetValue(asOf), parsed.GetValue(unseal), ct));

        return command;
    }

    private static async Task<int> VerifyAsync(CancellationToken ct)
    {
        await using var services = Books.Open();
        var report = await services.GetRequiredService<Auditor>().VerifyAsync(new ConsoleProgress("audit verify"), ct);

        foreach (var difference in report.Differences.Take(MostShown))
        {
            Console.WriteLine($"  {difference}");
        }

        if (report.Differences.Count > MostShown)
        {
            Console.WriteLine($"  … and {report.Differences.Count - MostShown} more");
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"audit verify: {report.Streams} streams, {report.Events} events, {report.Differences.Count} differences"));

        return report.Differences.Count == 0 ? 0 : 1;
    }

    private static async Task<int> ReplayAsync(Guid id, string? site, DateTimeOffset? asOf, bool unseal, CancellationToken ct)
    {
        await using var services = Books.Open();
        var key = new StreamKey(OneSite.Of(services, site), id);
        var events = await services.GetRequiredService<EventStore.EventStore>().ReadStreamAsync(key, unseal, recordedUpTo: asOf, ct: ct);

        foreach (var recorded in events.Select(EventView.Of))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{recorded.Version,5}  {recorded.RecordedAt:O}  {recorded.Type,-26} {recorded.Data.GetRawText()}"));
        }

        if (events.Count == 0)
        {
            await Console.Error.WriteLineAsync($"Site {key.Tenant} has no stream {id}{(asOf is null ? "" : " that early")}.");
            return 1;
        }

        var state = events.Aggregate((Domain.Preapprovals.Preapproval?)null, (it, recorded) => Domain.Preapprovals.Preapproval.Evolve(it, (Domain.Preapprovals.PreapprovalEvent)recorded.Data))!;
        Console.WriteLine($"state: {state.Status}, {state.Charges.Count} charges, next due {(state.NextDue is { } due ? $"{due.Period.DueOn:yyyy-MM-dd} (attempt {due.Attempt})" : "never")}");

        return 0;
    }
}
