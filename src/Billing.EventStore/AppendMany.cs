using Npgsql;

namespace Billing.EventStore;

public sealed partial class EventStore
{
    private const int MaxRaces = 5;

    /// <summary>Few first, so that the server has something to do soon; then as many as are worth a round trip.</summary>
    private const int FirstPart = 20;
    private const int NextParts = 90;

    /// <summary>Appends to many streams in one commit; a stream that is not at the version expected falls out alone.</summary>
    /// <remarks>
    /// Where all of them are remembered and nothing is sealed, what is remembered is believed, and checked as it is written, in parts, while the next events are being made.
    /// Where one is not as it was remembered, and everywhere else, they are locked and loaded first: two round trips.
    /// </remarks>
    /// <param name="appends">Each stream at most once.</param>
    /// <param name="ct">Ends the waiting before the commit is sent. Of streams that are remembered the last ones, up to ninety, are locked by the commit.</param>
    /// <returns>One result for each, in the same order.</returns>
    /// <exception cref="ArgumentException">A stream stands twice, an event is not in the catalogue or cannot be stored; then nothing was written.</exception>
    /// <exception cref="PostgresException">A guard or a view refused a row; then nothing was written.</exception>
    public async Task<IReadOnlyList<AppendResult>> AppendManyAsync(IReadOnlyList<StreamAppend> appends, CancellationToken ct)
    {
        var order = appends.OrderBy(append => append.Key).ToList();
        if (Enumerable.Range(1, Math.Max(0, order.Count - 1)).Any(i => order[i].Key == order[i - 1].Key))
        {
            throw new ArgumentException("A stream stands twice.", nameof(appends));
        }

        for (var races = 0; ; races++)
        {
            try
            {
                var results = races == 0 && order.All(IsRemembered) ? await AppendToRememberedAsync(order, ct) : await AppendToLockedAsync(order, ct);
                return [.. appends.Select(append => results[append.Key])];
            }
            catch (Exception error) when (races < MaxRaces && error is StreamConflictException or PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected })
            {
                // Nothing was written. Somebody created one of them at this moment, or it is not as it was remembered: now it is there to be locked and found at another version.
            }
        }
    }

    private bool IsRemembered(StreamAppend append) =>
        append.Events.Count > 0 && !IsSealing(append) && Memories.Find(append.Key) is { Hash: not null } memory && memory.Version == append.ExpectedVersion;

    private bool IsSealing(StreamAppend append) => append.Events.Any(Options.Catalog.IsSealed);

    private async Task<IReadOnlyDictionary<StreamKey, AppendResult>> AppendToRememberedAsync(IReadOnlyList<StreamAppend> order, CancellationToken ct)
    {
        await using var session = await OpenSessionAsync(ct);
        var streams = await session.RecallAsync([.. order.Select(append => append.Key)], ct);
        var (results, written) = (new Dictionary<StreamKey, AppendResult>(order.Count), Task.CompletedTask);
        foreach (var part in (IEnumerable<StreamAppend[]>)[[.. order.Take(FirstPart)], .. order.Skip(FirstPart).Chunk(NextParts)])
        {
            try
            {
                // While these are encoded, hashed and folded, the server writes those before; the last are written by the commit.
                foreach (var append in part)
                {
                    var result = Append(session, streams[append.Key], append);
                    results.Add(append.Key, result.IsAppended ? result : throw new StreamConflictException($"Stream {append.Key} was written to since it was looked at."));
                }
            }
            finally
            {
                // What is refused here leaves while the connection is still at work.
                await written.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await written;
            written = results.Count == order.Count ? Task.CompletedTask : session.WriteAheadAsync([.. part.Select(append => streams[append.Key])], ct);
        }

        await session.CommitAsync(ct);
        return results;
    }

    private async Task<IReadOnlyDictionary<StreamKey, AppendResult>> AppendToLockedAsync(IReadOnlyList<StreamAppend> order, CancellationToken ct)
    {
        await using var session = await OpenSessionAsync(ct);
        var sealing = order.Where(append => append.ExpectedVersion == 0 || IsSealing(append)).Select(append => append.Key).ToHashSet();
        var streams = await session.FetchForWritingAsync([.. order.Select(append => append.Key)], sealing.Contains, ct);
        var results = order.ToDictionary(append => append.Key, append => Append(session, streams[append.Key], append));

        await session.CommitAsync(ct);
        return results;
    }

    private static AppendResult Append(Session session, WritableStream stream, StreamAppend append)
    {
        var isAppended = stream.Version == append.ExpectedVersion;
        if (isAppended)
        {
            session.Append(stream, append.Events, append.Metadata);
        }

        return new AppendResult(append.Key, isAppended, stream.Version);
    }
}

/// <param name="ExpectedVersion">0: the stream must not exist yet.</param>
public sealed record StreamAppend(StreamKey Key, long ExpectedVersion, IReadOnlyList<object> Events, Metadata Metadata);

/// <param name="IsAppended">False: the stream was at another version, and nothing was written to it.</param>
/// <param name="Version">The stream's version now.</param>
public sealed record AppendResult(StreamKey Key, bool IsAppended, long Version);
