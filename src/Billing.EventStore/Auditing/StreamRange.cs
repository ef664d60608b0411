using System.Runtime.CompilerServices;
using Npgsql;

namespace Billing.EventStore;

/// <summary>A stretch of streams in the database's order: after one key, up to and including another. Nothing in between can be overlooked, not even rows without a stream.</summary>
/// <param name="After">Null: from the first.</param>
/// <param name="UpTo">Null: to the end.</param>
internal sealed record StreamRange(StreamKey? After, StreamKey? UpTo) : StreamSet
{
    internal override object[] Parameters => [.. Parts(After), .. Parts(UpTo)];

    // An open end leaves no parameter behind: a prepared plan could not use the index with one that may be null.
    internal override string Within(string tenant, string stream)
    {
        var (low, high) = ($"({tenant}, {stream}) > ($1::varchar, $2::uuid)", $"({tenant}, {stream}) <= (${(After is null ? 1 : 3)}::varchar, ${(After is null ? 2 : 4)}::uuid)");
        return (After, UpTo) switch
        {
            (null, null) => "true",
            (null, _) => high,
            (_, null) => low,
            _ => $"{low} and {high}",
        };
    }

    /// <summary>Every stream there is, and whatever is created meanwhile, in stretches of so many; found one after the other as they are asked for.</summary>
    internal static async IAsyncEnumerable<StreamRange> AllAsync(NpgsqlDataSource source, int streams, [EnumeratorCancellation] CancellationToken ct)
    {
        StreamKey? after = null;
        do
        {
            var range = await NextAsync(source, after, streams, ct);
            yield return range;
            after = range.UpTo;
        }
        while (after is not null);
    }

    private static async Task<StreamRange> NextAsync(NpgsqlDataSource source, StreamKey? after, int streams, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        var rest = new StreamRange(after, null);
        batch.Add(Sql.LastOfNext(rest, streams), rest.Parameters);
        await using var rows = await batch.ExecuteReaderAsync(ct);
        return new StreamRange(after, await rows.ReadAsync(ct) ? rows.StreamKey() : null);
    }

    private static object[] Parts(StreamKey? key) => key is { } known ? [known.Tenant, known.Id] : [];
}
