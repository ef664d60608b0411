using Marten;
using Marten.Schema;

namespace Billing.Api.Operations.Audit;

/// <param name="DifferingColumns">Columns that differ from the JSON that they are copies of, with commas.</param>
public sealed record StoredDocument(string Json, string DifferingColumns);

/// <summary>Reads the documents and guards of a range of streams as they are stored.</summary>
public sealed class DocumentReader(IDocumentStore store)
{
    /// <returns>By stream and id of the document.</returns>
    public async Task<Dictionary<(Guid Stream, string Id), StoredDocument>> ReadAsync(
        StreamPage.Run run, View view, StreamRange range, CancellationToken ct)
    {
        await using var command = StreamPage.Command(
            $"""
            select d.{view.StreamColumn}, d.id::text, d.data::text, {view.DifferingColumns(store)}
                from {view.TableOf(store)} as d
            where d.tenant_id = $1 and d.{view.StreamColumn} > $2 and d.{view.StreamColumn} <= $3
            """, range);
        var found = new Dictionary<(Guid, string), StoredDocument>();
        await using var row = await run(command, ct);

        while (await row.ReadAsync(ct))
        {
            found.Add((row.GetGuid(0), row.GetString(1)), new(row.GetString(2), row.GetString(3)));
        }

        return found;
    }

    /// <returns>By stream.</returns>
    public async Task<Dictionary<Guid, HashSet<(string Kind, string Id)>>> ReadGuardsAsync(
        StreamPage.Run run, StreamRange range, CancellationToken ct)
    {
        var found = new Dictionary<Guid, HashSet<(string, string)>>();
        const string Stream = "CAST(d.data ->> 'PreapprovalId' as uuid)";

        foreach (var (kind, document) in GuardCheck.Documents)
        {
            var table = ((DocumentMapping)store.Options.FindOrResolveDocumentType(document)).TableName.QualifiedName;
            await using var command = StreamPage.Command(
                $"select {Stream}, d.id from {table} as d where d.tenant_id = $1 and {Stream} > $2 and {Stream} <= $3",
                range);
            await using var row = await run(command, ct);

            while (await row.ReadAsync(ct))
            {
                if (!found.TryGetValue(row.GetGuid(0), out var guards))
                {
                    found.Add(row.GetGuid(0), guards = []);
                }

                guards.Add((kind, row.GetString(1)));
            }
        }

        return found;
    }
}
