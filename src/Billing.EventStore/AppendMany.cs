using Npgsql;

namespace Billing.EventStore;

public sealed partial class EventStore
{
    private const int MaxRaces = 5;

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
        var streams = await session.FetchForWritingAsync([.. appends.Select(append => append.Key)], ct);
        var results = new List<AppendResult>(appends.Count);
        foreach (var (key, expected, events, metadata) in appends)
        {
            var stream = streams[key];
            var isAppended = stream.Version == expected;
            if (isAppended)
            {
                session.Append(stream, events, metadata);
            }

            results.Add(new AppendResult(key, isAppended, stream.Version));
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
