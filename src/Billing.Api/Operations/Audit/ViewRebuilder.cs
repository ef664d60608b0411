using Billing.Api.Hosting;
using Marten;
using Npgsql;

namespace Billing.Api.Operations.Audit;

/// <summary>A stream that cannot be folded; the rebuild stops there and leaves the rest as it is.</summary>
public sealed class RebuildException(string message) : Exception(message);

/// <summary>Writes the documents of a view anew from the events, page by page, while the service works.</summary>
/// <remarks>
/// Each page of streams is locked as by an append, so that no event is missed. Documents without a stream are removed.
/// </remarks>
public sealed class ViewRebuilder(NpgsqlDataSource dataSource, Database database, IDocumentStore store)
{
    private const int Tries = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <returns>How many events were folded.</returns>
    /// <exception cref="RebuildException">A stream is not whole or cannot be folded.</exception>
    public async Task<long> RebuildAsync(View view, IProgress<AuditProgress>? progress, CancellationToken ct)
    {
        var done = new AuditProgress(0, 0, await StreamRange.CountStreamsAsync(dataSource, database, ct));

        await foreach (var range in StreamRange.AllAsync(dataSource, database, ct))
        {
            var (streams, events) = await RebuildPatientlyAsync(view, range, ct);
            done = done with { Streams = done.Streams + streams, Events = done.Events + events };
            progress?.Report(done);
        }

        return done.Events;
    }

    // Streams are locked by the service for moments only.
    private async Task<(int Streams, long Events)> RebuildPatientlyAsync(
        View view, StreamRange range, CancellationToken ct)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await RebuildAsync(view, range, ct);
            }
            catch (Exception error) when (tries < Tries && DatabaseErrors.IsTransient(error))
            {
                await Task.Delay(Pause, ct);
            }
        }
    }

    private async Task<(int Streams, long Events)> RebuildAsync(View view, StreamRange range, CancellationToken ct)
    {
        await using var session = store.LightweightSession(range.Site);
        var streams = await StreamPage.LockAsync(session, database, await IdsAsync(range, ct), ct);
        await DeleteAsync(session, view, range, [.. streams.Select(stream => stream.Id)], ct);

        foreach (var stream in streams)
        {
            foreach (var document in Fold(view, stream))
            {
                view.Store(session, document, stream.Version);
            }
        }

        await session.SaveChangesAsync(ct);

        return (streams.Count, streams.Sum(stream => (long)stream.Events.Count));
    }

    private static IEnumerable<object> Fold(View view, StoredStream stream)
    {
        try
        {
            return stream.IsWhole
                ? view.Fold(stream).Values
                : throw new InvalidDataException("events are missing or cannot be read");
        }
        catch (Exception error)
            when (error is InvalidDataException or InvalidOperationException or KeyNotFoundException)
        {
            throw new RebuildException(
                $"stream {stream.Site}/{stream.Id} cannot be replayed ({error.Message}): run billing audit verify. "
                + "Nothing after it was rebuilt.");
        }
    }

    // A document of a stream that another node begins meanwhile stays: its stream is there when the document is.
    private async Task DeleteAsync(
        IDocumentSession session, View view, StreamRange range, Guid[] streams, CancellationToken ct)
    {
        await using var command = StreamPage.Command(
            $"""
            delete from {view.TableOf(store)} d
            where d.tenant_id = $1 and (d.{view.StreamColumn} = any ($4)
                or (d.{view.StreamColumn} > $2 and d.{view.StreamColumn} <= $3
                    and not exists (select from {database.Schema}.mt_streams s
                        where s.tenant_id = d.tenant_id and s.id = d.{view.StreamColumn})))
            """,
            range.Site, range.After, range.UpTo, streams);
        await session.ExecuteAsync(command, ct);
    }

    private async Task<List<Guid>> IdsAsync(StreamRange range, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select id from {database.Schema}.mt_streams
            where tenant_id = $1 and id > $2 and id <= $3 and version > 0 order by id
            """);
        command.With(range.Site, range.After, range.UpTo);
        var ids = new List<Guid>();
        await using var row = await command.ExecuteReaderAsync(ct);

        while (await row.ReadAsync(ct))
        {
            ids.Add(row.GetGuid(0));
        }

        return ids;
    }
}
