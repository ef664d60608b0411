using Billing.Api.Hosting;
using Billing.Api.Hosting.Streams;
using Billing.Domain.Preapprovals;
using Marten;
using Npgsql;

namespace Billing.Api.Reconciliation;

/// <summary>One value that differs between the gateway and us, as both sides were when that was found.</summary>
/// <param name="Subject">What it is a value of.</param>
/// <param name="Ours">May be personal.</param>
/// <param name="Theirs">May be personal.</param>
/// <param name="FoundAt">Business time.</param>
public sealed record OpenDifference(string Subject, string Field, string? Ours, string? Theirs, DateTimeOffset FoundAt);

/// <summary>What a person has to look at: values that differ, and what the gateway has and we have not.</summary>
public sealed class OpenDifferences(
    IDocumentStore store, NpgsqlDataSource dataSource, Database database, PreapprovalStreams streams)
{
    private const string Unreadable = "(its key is gone)";

    /// <summary>
    /// At most so many, and how many there are in all. Where the key of a customer's data still exists, its values are
    /// opened.
    /// </summary>
    public async Task<(long Count, IReadOnlyList<OpenDifference> Shown)> ListAsync(
        string site, int most, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);
        var (count, fields) = await FieldsAsync(site, most, ct);
        var shown = new List<OpenDifference>();

        foreach (var ofOne in fields.GroupBy(field => field.Subscription, field => field.Field))
        {
            var events = await streams.ReadOpenedAsync(session, ofOne.Key, ct);
            var found = events.Select(stored => stored.Data).OfType<DriftFound>().ToList();
            shown.AddRange(ofOne.Select(field => DifferenceOf(ofOne.Key, field, found)));
        }

        var strays = session.Query<ReconciliationStray>().Where(stray => stray.GoneAt == null);
        var rows = await strays.OrderBy(stray => stray.Id).Take(most - shown.Count).ToListAsync(ct);

        return (count + await strays.CountAsync(ct), [.. shown, .. rows.Select(DifferenceOf)]);
    }

    private static OpenDifference DifferenceOf(Guid subscription, string field, List<DriftFound> found)
    {
        var last = found.Last(one => one.Fields.Contains(field));
        var (ours, theirs) = last.Differences?.Value is { } values
            ? values.Where(value => value.Field == field).Select(value => (value.Ours, value.Theirs)).First()
            : (Unreadable, Unreadable);

        return new OpenDifference($"subscription {subscription}", field, ours, theirs, last.HappenedAt);
    }

    private static OpenDifference DifferenceOf(ReconciliationStray stray) => new(
        $"{stray.Kind} {stray.GatewayId}{(stray.Reference is { } reference ? $" ({reference})" : "")}", "existence",
        "not_recorded_here", stray.GatewayStatusId is { } status ? $"status {status}" : "exists", stray.FoundAt);

    private async Task<(long Count, List<(Guid Subscription, string Field)> Fields)> FieldsAsync(
        string site, int most, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select d.id, field, count(*) over ()
            from {database.Schema}.mt_doc_subscription d, jsonb_array_elements_text(d.data -> 'Drift') field
            where d.tenant_id = $1 and d.data -> 'Drift' <> '[]' order by d.id, field limit $2
            """);
        command.With(site, most);
        var (count, fields) = (0L, new List<(Guid, string)>());
        await using var row = await command.ExecuteReaderAsync(ct);

        while (await row.ReadAsync(ct))
        {
            fields.Add((row.GetGuid(0), row.GetString(1)));
            count = row.GetInt64(2);
        }

        return (count, fields);
    }
}
