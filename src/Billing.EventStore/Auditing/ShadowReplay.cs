using Npgsql;

namespace Billing.EventStore;

/// <summary>Runs the views' own statements on the shadow tables; a stream that cannot be replayed is a finding and does not stop the others.</summary>
internal sealed class ShadowReplay(EventStore store, IReadOnlyList<IInlineProjection> views)
{
    private const string BeforeReplay = "before_replay";

    internal async Task<List<Difference>> OfAsync(NpgsqlTransaction transaction, IReadOnlyList<StoredStream> streams, CancellationToken ct)
    {
        var differences = new List<Difference>();
        await ProjectAsync(transaction, Replayed(streams, differences), differences, ct);
        return differences;
    }

    private List<(StreamKey Key, List<Recorded> Events)> Replayed(IReadOnlyList<StoredStream> streams, List<Difference> differences)
    {
        var replayed = new List<(StreamKey, List<Recorded>)>();
        foreach (var stream in streams)
        {
            try
            {
                replayed.Add((stream.Key, stream.Replay(store)));
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

    private async Task ProjectAsync(NpgsqlTransaction transaction, List<(StreamKey Key, List<Recorded> Events)> streams, List<Difference> differences, CancellationToken ct)
    {
        if (await TryProjectAsync(transaction, [.. streams.SelectMany(s => s.Events)], ct) is null)
        {
            return;
        }

        // One row was refused and took the others with it: once more, stream by stream, to name whose it is.
        foreach (var (key, events) in streams)
        {
            if (await TryProjectAsync(transaction, events, ct) is { } error)
            {
                differences.Add(new Difference(key.Tenant, key.Id, null, $"The stream does not replay: a view refuses it ({error.SqlState} {error.ConstraintName})."));
            }
        }
    }

    private async Task<PostgresException?> TryProjectAsync(NpgsqlTransaction transaction, List<Recorded> events, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection);
        foreach (var recorded in events)
        {
            foreach (var view in views)
            {
                view.Project(recorded, batch);
            }
        }

        await transaction.SaveAsync(BeforeReplay, ct);
        try
        {
            if (batch.BatchCommands.Count > 0)
            {
                await batch.ExecuteNonQueryAsync(ct);
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
