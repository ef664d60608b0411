using Npgsql;

namespace Billing.EventStore;

public sealed partial class EventStore
{
    private const int MaxRaces = 5;

    /// <summary>Few first, so that the server has something to do soon; then as many as are worth a round trip.</summary>
    private const int FirstPart = 20;
    private const int NextParts = 60;

    /// <summary>Appends to many streams in one commit, in two round trips; of more than twenty that exist, in three and one more for every sixty. A stream that is not at the version expected falls out alone.</summary>
    /// <param name="appends">Each stream at most once.</param>
    /// <param name="ct">Ends the waiting before the commit is sent.</param>
    /// <returns>One result for each, in the same order.</returns>
    /// <exception cref="ArgumentException">A stream stands twice, an event is not in the catalogue or cannot be stored; then nothing was written.</exception>
    /// <exception cref="PostgresException">A guard or a view refused a row; then nothing was written.</exception>
    public async Task<IReadOnlyList<AppendResult>> AppendManyAsync(IReadOnlyList<StreamAppend> appends, CancellationToken ct)
    {
        for (var races = 0; ; races++)
        {
            try
            {
                return await AppendOnceAsync(appends, ct);
            }
            catch (StreamConflictException) when (races < MaxRaces)
            {
                // Somebody created one of them at this moment: now it is there to be locked and found at another version.
            }
        }
    }

    private async Task<IReadOnlyList<AppendResult>> AppendOnceAsync(IReadOnlyList<StreamAppend> appends, CancellationToken ct)
    {
        var order = Enumerable.Range(0, appends.Count).OrderBy(i => appends[i].Key).ToArray();
        if (Enumerable.Range(1, Math.Max(0, order.Length - 1)).Any(i => appends[order[i]].Key == appends[order[i - 1]].Key))
        {
            throw new ArgumentException("A stream stands twice.", nameof(appends));
        }

        await using var session = await OpenSessionAsync(ct);
        var (results, isCreating) = (new AppendResult[appends.Count], appends.Any(append => append.ExpectedVersion == 0));
        IReadOnlyList<int[]> parts = [.. order.Take(FirstPart).Chunk(FirstPart), .. order.Skip(FirstPart).Chunk(NextParts)];
        var (loaded, appended) = (await LoadAsync(0, []), new List<WritableStream>());

        for (var part = 0; part < parts.Count; part++)
        {
            // While these are sealed, hashed and folded, the server writes those before and locks those behind them; the last are written by the commit.
            session.Adopt(loaded);
            var others = LoadAsync(part + 1, appended);
            try
            {
                appended = [.. parts[part].Select(i => Append(i, session[appends[i].Key])).OfType<WritableStream>()];
            }
            finally
            {
                // What is refused here leaves while the connection is still at work.
                await ((Task)others).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            loaded = await others;
        }

        await session.CommitAsync(ct);
        return results;

        // Of two who create the same stream one waits for the other's event: who may have to wait must not be waited for at a lock, and takes all of them first.
        async Task<IReadOnlyDictionary<StreamKey, WritableStream>> LoadAsync(int part, IReadOnlyList<WritableStream> ahead)
        {
            int[] some = part >= parts.Count || (isCreating && part > 0) ? [] : isCreating ? order : parts[part];
            return some.Length == 0 && ahead.Count == 0 ? new Dictionary<StreamKey, WritableStream>() : await session.LoadAsync(
                [.. some.Select(i => appends[i].Key)],
                [.. some.Where(i => appends[i].ExpectedVersion == 0 || appends[i].Events.Any(Options.Catalog.IsSealed)).Select(i => appends[i].Key)],
                ahead,
                ct);
        }

        WritableStream? Append(int i, WritableStream stream)
        {
            var (key, expected, events, metadata) = appends[i];
            if (stream.Version != expected)
            {
                results[i] = new AppendResult(key, IsAppended: false, stream.Version);
                return null;
            }

            session.Append(stream, events, metadata);
            results[i] = new AppendResult(key, IsAppended: true, stream.Version);
            return stream;
        }
    }
}

/// <param name="ExpectedVersion">0: the stream must not exist yet.</param>
public sealed record StreamAppend(StreamKey Key, long ExpectedVersion, IReadOnlyList<object> Events, Metadata Metadata);

/// <param name="IsAppended">False: the stream was at another version, and nothing was written to it.</param>
/// <param name="Version">The stream's version now.</param>
public sealed record AppendResult(StreamKey Key, bool IsAppended, long Version);
