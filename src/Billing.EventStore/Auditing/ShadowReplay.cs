using Npgsql;

namespace Billing.EventStore;

/// <summary>Folds streams into the shadow tables; a stream that cannot be replayed is a finding and does not stop the others.</summary>
internal sealed class ShadowReplay(EventStore store, IReadOnlyList<View> views)
{
    private const string BeforeReplay = "before_replay";

    internal async Task<List<Difference>> OfAsync(NpgsqlTransaction transaction, IReadOnlyList<StoredStream> streams, CancellationToken ct)
    {
        var differences = new List<Difference>();
        await WriteAsync(transaction, Replayed(streams, differences), differences, ct);
        return differences;
    }

    private List<(StreamKey Key, List<ViewFold> Folds)> Replayed(IReadOnlyList<StoredStream> streams, List<Difference> differences)
    {
        var replayed = new List<(StreamKey, List<ViewFold>)>();
        foreach (var stream in streams)
        {
            try
            {
                replayed.Add((stream.Key, stream.Fold(store, views)));
            }
#pragma warning disable CA1031 // Whatever a tampered event makes the aggregate throw is a finding about this stream, and the audit goes on.
            catch (Exception error)
#pragma warning restore CA1031
            {
                differences.Add(new Difference(stream.Key.Tenant, stream.Key.Id, null, $"The stream does not replay: {error.Message}"));
            }
        }

        return replayed;
    }

    private async Task WriteAsync(NpgsqlTransaction transaction, List<(StreamKey Key, List<ViewFold> Folds)> streams, List<Difference> differences, CancellationToken ct)
    {
        if (await TryWriteAsync(transaction, [.. streams.Select(s => s.Folds)], ct) is null)
        {
            return;
        }

        // One row was refused and took the others with it: once more, stream by stream, to name whose it is.
        foreach (var (key, folds) in streams)
        {
            if (await TryWriteAsync(transaction, [folds], ct) is { } error)
            {
                differences.Add(new Difference(key.Tenant, key.Id, null, $"The stream does not replay: a view refuses it ({error.SqlState} {error.ConstraintName})."));
            }
        }
    }

    private async Task<PostgresException?> TryWriteAsync(NpgsqlTransaction transaction, IReadOnlyList<List<ViewFold>> streams, CancellationToken ct)
    {
        await transaction.SaveAsync(BeforeReplay, ct);
        try
        {
            for (var i = 0; i < views.Count; i++)
            {
                await views[i].CopyAsync(transaction.Connection!, $"pg_temp.{Sql.Quote(views[i].Name)}", streams.Select(folds => folds[i]), ct);
            }

            return null;
        }
        catch (PostgresException error)
        {
            await transaction.RollbackAsync(BeforeReplay, ct);
            return error;
        }
    }
}
