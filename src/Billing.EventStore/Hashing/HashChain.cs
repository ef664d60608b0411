using System.Security.Cryptography;

namespace Billing.EventStore;

/// <summary>Binds each event to the one before it: whoever changes a stored byte breaks the chain from there.</summary>
/// <remarks>
/// SHA-256 over length-prefixed UTF-8 fields in this order: algorithm version, tenant, stream, version, event id, type,
/// timestamp (µs since 1970), correlation, causation, user, headers without the hash, data, previous hash (lower-case hex; null for
/// version 1). Numbers are decimal, ids hyphenated lower case, JSON is PostgreSQL's own text, so that the tables alone are enough to
/// recompute it (docs/vectors/hash_chain.sql). Not in it: seq_id, transaction_id, epoch, is_archived, mt_dotnet_type.
/// </remarks>
internal static class HashChain
{
    private const string AlgorithmVersion = "1";

    /// <summary>What our own appends hash for headers: nothing but the hash stands there.</summary>
    internal static readonly byte[] NoHeaders = "{}"u8.ToArray();

    // One per thread: an audit hashes millions, and each list is read before the next begins.
    [ThreadStatic]
    private static Fields? memory;

    /// <returns>The hash in lower-case hex.</returns>
    internal static string Hash(in StoredEvent stored, string? previous)
    {
        var fields = (memory ??= new Fields()).Clear()
            .Add(AlgorithmVersion)
            .Add(stored.Key.Tenant)
            .Add(stored.Key.Id)
            .Add(stored.Version)
            .Add(stored.EventId)
            .Add(stored.Type)
            .Add(Microseconds(stored.Timestamp))
            .Add(stored.CorrelationId)
            .Add(stored.CausationId)
            .Add(stored.UserName)
            .Add(stored.Headers)
            .Add(stored.Data)
            .Add(previous);

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(fields.Bytes, hash);
        return Convert.ToHexStringLower(hash);
    }

    private static long Microseconds(DateTimeOffset instant) =>
        (instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}
