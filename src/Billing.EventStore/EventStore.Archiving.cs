namespace Billing.EventStore;

public sealed partial class EventStore
{
    /// <summary>Marks streams and their events as archived, as Marten does, in one commit: a few hundred streams at most, since readers of the log wait for it.</summary>
    /// <remarks>
    /// Only a mark. Reads by id, the audit, rebuilds, the log and the feed see an archived stream as before, and its hash chain does not know of it.
    /// The next append takes the mark away again: late truth must be recordable.
    /// </remarks>
    /// <param name="streams">Each with the version at which it was found fit to be archived; who has grown since is left alone.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Those that were archived now, with how many events were marked.</returns>
    public async Task<IReadOnlyDictionary<StreamKey, long>> ArchiveAsync(IReadOnlyDictionary<StreamKey, long> streams, CancellationToken ct)
    {
        var keys = streams.Keys.Order().ToList();
        await using var batch = DataSource.CreateBatch();
        batch.Add(Sql.ArchiveStreams, keys.Select(k => k.Tenant).ToArray(), keys.Select(k => k.Id).ToArray(), keys.Select(k => streams[k]).ToArray());
        var archived = new Dictionary<StreamKey, long>();
        await using var rows = await batch.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            archived.Add(rows.StreamKey(), rows.GetInt64(2));
        }

        return archived;
    }
}
