using Npgsql;

namespace Billing.EventStore;

public sealed partial class EventStore
{
    private const int MaxRaces = 5;

    /// <summary>Few first, so that the server has something to do soon; then as many as are worth a round trip.</summary>
    private const int FirstPart = 20;
    private const int NextParts = 60;

    /// <summary>Appends to many streams in one commit, in two round trips, and one more for every sixty. A stream that is not at the version expected falls out alone.</summary>
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
        if (appends.Select(append => append.Key).Distinct().Count() < appends.Count)
        {
            throw new ArgumentException("A stream stands twice.", nameof(appends));
        }

        await using var session = await OpenSessionAsync(ct);
        var sealing = appends.Where(append => append.ExpectedVersion == 0 || append.Events.Any(Options.Catalog.IsSealed)).Select(append => append.Key).ToHashSet();
        var streams = await session.FetchForWritingAsync([.. appends.Select(append => append.Key)], sealing.Contains, ct);
        var results = new AppendResult[appends.Count];
        WritableStream? Append(int i)
        {
            var (key, expected, events, metadata) = appends[i];
            var stream = streams[key];
            results[i] = new AppendResult(key, stream.Version == expected, expected + events.Count);
            if (stream.Version != expected)
            {
                results[i] = results[i] with { Version = stream.Version };
                return null;
            }

            session.Append(stream, events, metadata);
            return stream;
        }

        // While the server writes some, the next are sealed, hashed and folded; the last go with the commit.
        var writing = Task.CompletedTask;
        try
        {
            for (int from = 0, to = Math.Min(FirstPart, appends.Count); from < appends.Count; (from, to) = (to, Math.Min(to + NextParts, appends.Count)))
            {
                List<WritableStream> appended = [.. Enumerable.Range(from, to - from).Select(Append).OfType<WritableStream>()];
                await writing;
                writing = to < appends.Count ? session.WriteEventsAsync(appended, ct) : Task.CompletedTask;
            }
        }
        finally
        {
            // What is refused here leaves while the connection is still at work.
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await session.CommitAsync(ct);
        return results;
    }
}

/// <param name="ExpectedVersion">0: the stream must not exist yet.</param>
public sealed record StreamAppend(StreamKey Key, long ExpectedVersion, IReadOnlyList<object> Events, Metadata Metadata);

/// <param name="IsAppended">False: the stream was at another version, and nothing was written to it.</param>
/// <param name="Version">The stream's version now.</param>
public sealed record AppendResult(StreamKey Key, bool IsAppended, long Version);
