using System.CommandLine;
using System.Globalization;
using Billing.Api.Audit;
using Billing.Domain.Preapprovals;
using Billing.EventStore;

namespace Billing.Api.Cli;

/// <summary>billing audit verify · replay · drift: promises 6 and 7.</summary>
internal static class AuditCommands
{
    private const int MostShown = 50;

    public static Command Create() => new("audit", "Prove the books: hash chains, and views against replay.") { Verify(), Replay(), DriftCommand.Create() };

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
        var asOf = Instant("--as-of", "What had happened by this instant of business time, as the events themselves say. RFC 3339; UTC where it names no offset.");
        var knownAt = Instant("--known-at", "What we had recorded by this instant of the database's clock. RFC 3339; UTC where it names no offset.");
        var unseal = new Option<bool>("--unseal") { Description = "Shows personal data too." };
        var command = new Command("replay", "Fold one stream and print its events, when each happened and when it was recorded, and the state they give.") { id, site, asOf, knownAt, unseal };
        command.SetAction((parsed, ct) => ReplayAsync(
            parsed.GetValue(id), parsed.GetValue(site), parsed.GetValue(asOf), parsed.GetValue(knownAt), parsed.GetValue(unseal), ct));

        return command;
    }

    private static Option<DateTimeOffset?> Instant(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "T",
        CustomParser = result =>
        {
            if (DateTimeOffset.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant))
            {
                return instant;
            }

            result.AddError($"{name} '{result.Tokens[0].Value}' is no instant like 2026-03-01T12:00:00Z.");

            return null;
        },
    };

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

        if (report.Unchained > 0)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Unchained} events were appended by another writer and are not chained yet"));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"audit verify: {report.Streams} streams, {report.Events} events, {report.Differences.Count} differences"));

        return report.Differences.Count == 0 ? 0 : 1;
    }

    private static async Task<int> ReplayAsync(Guid id, string? site, DateTimeOffset? asOf, DateTimeOffset? knownAt, bool unseal, CancellationToken ct)
    {
        await using var services = Books.Open();
        var key = new StreamKey(OneSite.Of(services, site), id);
        var recorded = await services.GetRequiredService<EventStore.EventStore>().ReadStreamAsync(key, unseal, recordedUpTo: knownAt, ct: ct);
        var events = asOf is { } instant ? BusinessTime.Until(instant, recorded) : recorded;

        if (events.Count == 0)
        {
            await Console.Error.WriteLineAsync($"Site {key.Tenant} has no stream {id}{(asOf is null && knownAt is null ? "" : " that early")}.");
            return 1;
        }

        foreach (var it in events.Select(EventView.Of))
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{it.Version,5}  happened {it.HappenedAt.UtcDateTime:O}  recorded {it.RecordedAt.UtcDateTime:O}  {it.Type,-26} {it.Data.GetRawText()}"));
        }

        var state = events.Aggregate((Preapproval?)null, (it, next) => Preapproval.Evolve(it, (PreapprovalEvent)next.Data))!;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"state: {state.Status}, {state.Charges.Count} charges, next due {(state.NextDue is { } due ? $"{due.Period.DueOn:yyyy-MM-dd} (attempt {due.Attempt})" : "never")}"));

        return 0;
    }
}
