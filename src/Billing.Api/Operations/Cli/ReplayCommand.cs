using System.CommandLine;
using System.Globalization;
using Billing.Api.Explanations;
using Billing.Api.Hosting.Streams;
using Billing.Domain.Preapprovals;
using JasperFx.Events;
using Marten;

namespace Billing.Api.Operations.Cli;

/// <summary>billing audit replay: one stream with the two times of each event, and the state that it gives.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var id = Values.Id("The subscription's id.");
        var site = OneSite.Option();
        var asOf = Instants.Option(
            "--as-of", "What had happened by this instant of business time, as the events themselves say.");
        var knownAt = Instants.Option("--known-at", "What we had recorded by this instant of real time.");
        var unseal = new Option<bool>("--unseal") { Description = "Shows personal data too." };
        var command = new Command(
            "replay",
            "Fold one stream: print its events, when each happened and when it was recorded, and the state they give.")
        {
            id, site, asOf, knownAt, unseal,
        };
        command.SetAction((parsed, ct) => RunAsync(
            parsed.GetValue(id), parsed.GetValue(site), parsed.GetValue(asOf), parsed.GetValue(knownAt),
            parsed.GetValue(unseal), ct));

        return command;
    }

    private static async Task<int> RunAsync(
        Guid id, string? named, DateTimeOffset? asOf, DateTimeOffset? knownAt, bool unseal, CancellationToken ct)
    {
        using var host = unseal ? await CliHost.OpenForSealingAsync(ct) : CliHost.Open();
        var site = OneSite.Of(host, named);
        var events = Until(await ReadAsync(host, site, id, unseal, ct), asOf, knownAt);

        if (events.Count == 0)
        {
            await Console.Error.WriteLineAsync(
                $"Site {site} has no stream {id}{(asOf is null && knownAt is null ? "" : " that early")}.");
            return 1;
        }

        var table = new Table("VERSION", "HAPPENED", "RECORDED", "TYPE", "DATA");

        foreach (var it in events.Select(stored => EventView.Of(stored, unseal)))
        {
            table.Add(
                it.Version.ToString(CultureInfo.InvariantCulture), Table.LocalExactly(it.HappenedAt),
                Table.LocalExactly(it.RecordedAt), it.Type, it.Data.GetRawText());
        }

        table.Print();
        Console.WriteLine(StateOf(PreapprovalStreams.Fold(events)!));

        return 0;
    }

    private static async Task<IReadOnlyList<IEvent>> ReadAsync(
        IHost host, string site, Guid id, bool unseal, CancellationToken ct)
    {
        await using var session = host.Services.GetRequiredService<IDocumentStore>().QuerySession(site);

        return unseal
            ? await host.Services.GetRequiredService<PreapprovalStreams>().ReadOpenedAsync(session, id, ct)
            : await PreapprovalStreams.ReadAsync(session, id, ct);
    }

    // Always the beginning of the stream: an event cannot have happened before those that it rests on, also where the
    // clocks of two nodes disagree, and only a beginning can be folded.
    private static List<IEvent> Until(IReadOnlyList<IEvent> stream, DateTimeOffset? asOf, DateTimeOffset? knownAt) =>
    [
        .. stream.TakeWhile(stored => (knownAt is null || stored.Timestamp <= knownAt)
            && (asOf is null || ((PreapprovalEvent)stored.Data).HappenedAt <= asOf)),
    ];

    private static string StateOf(Preapproval state)
    {
        var next = state.NextDue is { } due ? $"{Table.Local(due.DueAt)} (attempt {due.Attempt})" : "never";

        return string.Create(
            CultureInfo.InvariantCulture, $"state: {state.Status}, {state.Charges.Count} charges, next due {next}");
    }
}
