using Npgsql;

namespace Billing.EventStore;

public sealed partial class EventStore
{
    private const int MaxRaces = 5;

    /// <summary>Fewer are not worth another thread.</summary>
    private const int AppendsPerTask = 32;

    /// <summary>Appends to many streams in one commit: two round trips for all of them. A stream that is not at the version expected falls out alone.</summary>
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
        void Append(int from, int to)
        {
            for (var i = from; i < to; i++)
            {
                var (key, expected, events, metadata) = appends[i];
                var stream = streams[key];
                var isAppended = stream.Version == expected;
                if (isAppended)
                {
                    session.Append(stream, events, metadata);
                }

                results[i] = new AppendResult(key, isAppended, stream.Version);
            }
        }

        // Sealing, hashing and folding know nothing but their own stream: done on all processors, the locks are held less long.
        var share = Math.Max(AppendsPerTask, (appends.Count + Environment.ProcessorCount - 1) / Environment.ProcessorCount);
        await Task.WhenAll(Enumerable.Range(0, (appends.Count + share - 1) / share).Select(part =>
            Task.Run(() => Append(part * share, Math.Min((part + 1) * share, appends.Count)), CancellationToken.None)));

        await session.CommitAsync(ct);
        return results;
    }
}

/// <param name="ExpectedVersion">0: the stream must not exist yet.</param>
public sealed record StreamAppend(StreamKey Key, long ExpectedVersion, IReadOnlyList<object> Events, Metadata Metadata);

/// <param name="IsAppended">False: the stream was at another version, and nothing was written to it.</param>
/// <param name="Version">The stream's version now.</param>
public sealed record AppendResult(StreamKey Key, bool IsAppended, long Version);
