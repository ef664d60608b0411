using Npgsql;

namespace Billing.EventStore;

/// <summary>Which streams are read in one go.</summary>
internal abstract record StreamSet
{
    /// <summary>How many sets are worked on at once: while one waits for the server, another is folded.</summary>
    internal static readonly int Workers = Math.Clamp(Environment.ProcessorCount, 2, 4);

    /// <summary>Of <see cref="Within"/>, in its order.</summary>
    internal abstract object[] Parameters { get; }

    /// <summary>The condition that a row belongs to it.</summary>
    internal abstract string Within(string tenant, string stream);

    internal static async Task<long> CountStreamsAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        await using var command = source.CreateCommand(Sql.CountStreams);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }
}

/// <summary>One of so many equal parts of all streams.</summary>
/// <remarks>
/// The log lies on disk in the order of time: read stream by stream over the index, every event is a page of its own. A part is scanned and sorted as a whole,
/// however large; that costs disk on the server and no memory, and one snapshot for as long as it is read.
/// </remarks>
internal sealed record StreamPart(int Number, int Of) : StreamSet
{
    internal override object[] Parameters => [Of, Number];

    internal override string Within(string tenant, string stream) => $"(uuid_hash({stream}) & 2147483647) % $1 = $2";

    /// <summary>All streams, in as many parts as are worked on at once.</summary>
    internal static IEnumerable<StreamPart> All => Enumerable.Range(0, Workers).Select(number => new StreamPart(number, Workers));
}
