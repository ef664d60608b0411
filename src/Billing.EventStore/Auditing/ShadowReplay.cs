using Npgsql;

namespace Billing.EventStore;

/// <summary>Folds streams and writes them to the shadow tables; a stream that cannot be replayed is a finding and does not stop the others.</summary>
internal sealed class ShadowReplay(EventStore store, IReadOnlyList<View> views)
{
    private const string BeforeReplay = "before_replay";
    private readonly List<(StreamKey Key, List<ViewFold> Folds)> replayed = [];
    private readonly List<Difference> differences = [];

    internal void Fold(StoredStream stream)
    {
        try
        {
            var folds = stream.Fold(store, views);
            if (views.Count > 0)
            {
                replayed.Add((stream.Key, folds));
            }
        }
#pragma warning disable CA1031 // Whatever a tampered event makes the aggregate throw is a finding about this stream, and the audit goes on.
        catch (Exception error)
#pragma warning restore CA1031
        {
            differences.Add(new Difference(stream.Key.Tenant, stream.Key.Id, null, $"The stream does not replay: {error.Message}"));
        }
    }

    /// <returns>The streams that do not replay.</returns>
    internal async Task<List<Difference>> WriteAsync(NpgsqlTransaction transaction, CancellationToken ct)
    {
        if (await TryWriteAsync(transaction, [.. replayed.Select(s => s.Folds)], ct) is null)
        {
            return differences;
        }

        // One row was refused and took the others with it: once more, stream by stream, to name whose it is.
        foreach (var (key, folds) in replayed)
        {
            if (await TryWriteAsync(transaction, [folds], ct) is { } error)
            {
                differences.Add(new Difference(key.Tenant, key.Id, null, $"The stream does not replay: a view refuses it ({error.SqlState} {error.ConstraintName})."));
            }
        }

        return differences;
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
