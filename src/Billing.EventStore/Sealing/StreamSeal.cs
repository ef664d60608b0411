using System.Security.Cryptography;
using Npgsql;

namespace Billing.EventStore;

/// <summary>The data key of one stream, unwrapped when first needed and never cached beyond its session, so that a forget takes effect at once.</summary>
internal sealed class StreamSeal
{
    private const string Prefix = "sealed:1:";

    private readonly Sealer sealer;
    private readonly StreamKey stream;
    private byte[]? key;

    private StreamSeal(Sealer sealer, StreamKey stream, byte[]? wrappedKey, bool isForgotten, bool isNew)
    {
        (this.sealer, this.stream, WrappedKey, IsForgotten, IsNew) = (sealer, stream, wrappedKey, isForgotten, isNew);
    }

    /// <summary>Null once forgotten, and where the row is missing.</summary>
    internal byte[]? WrappedKey { get; private set; }

    internal bool IsForgotten { get; private set; }

    /// <summary>Not in stream_keys yet.</summary>
    internal bool IsNew { get; private set; }

    /// <summary>Reads the rows of <see cref="Sql.StreamKeys"/>, one for each stream that was asked for.</summary>
    internal static async Task<Dictionary<StreamKey, StreamSeal>> ReadAsync(NpgsqlDataReader rows, Sealer sealer, CancellationToken ct)
    {
        var seals = new Dictionary<StreamKey, StreamSeal>();
        while (await rows.ReadAsync(ct))
        {
            var (key, hasRow, wrappedKey) = (rows.StreamKey(), rows.GetBoolean(2), rows.BytesOrNull(3));
            seals.Add(key, new StreamSeal(sealer, key, wrappedKey, isForgotten: hasRow && wrappedKey is null, isNew: !hasRow));
        }

        return seals;
    }

    /// <summary>Of a stream to which nothing is appended that is sealed.</summary>
    internal static StreamSeal NotRead(StreamKey stream, Sealer sealer) => new(sealer, stream, wrappedKey: null, isForgotten: false, isNew: false);

    /// <summary>Makes the key of a stream that has none yet.</summary>
    internal void EnsureKey()
    {
        if (IsNew && WrappedKey is null)
        {
            key = RandomNumberGenerator.GetBytes(AesBox.KeyLength);
            WrappedKey = sealer.WrapStreamKey(stream, key);
        }
    }

    internal void Forget() => (WrappedKey, key, IsForgotten, IsNew) = (null, null, true, false);

    /// <param name="json">A value as it stands in the event's JSON.</param>
    internal static bool IsSealed(ReadOnlySpan<byte> json) => json.StartsWith("\"sealed:1:"u8);

    internal string Seal(Guid eventId, string property, ReadOnlySpan<byte> plain) =>
        Prefix + Convert.ToBase64String(AesBox.Close(Key, plain, Associated(eventId, property)));

    internal byte[] Open(Guid eventId, long version, string property, string text)
    {
        var what = $"{property} of event {version} of stream {stream}";
        var box = new byte[text.Length];
        if (!Convert.TryFromBase64String(text[Prefix.Length..], box, out var length))
        {
            throw new SealException($"{what} does not open: it is not base64.");
        }

        return AesBox.Open(Key, box.AsSpan(0, length), Associated(eventId, property), what);
    }

    internal byte[] WrapBlobKey(byte[] blobKey) => AesBox.Close(Key, blobKey, BlobKey());

    internal byte[] UnwrapBlobKey(byte[] wrapped) => AesBox.Open(Key, wrapped, BlobKey(), $"The key of a body sealed under stream {stream}");

    private byte[] Key => key ??= WrappedKey is not null
        ? sealer.UnwrapStreamKey(stream, WrappedKey)
        : throw (IsForgotten ? new StreamForgottenException(stream) : new SealException($"Stream {stream} has no key."));

    private byte[] Associated(Guid eventId, string property) =>
        new Fields().Add(stream.Tenant).Add(stream.Id).Add(eventId).Add(property).Bytes.ToArray();

    private byte[] BlobKey() => new Fields().Add("blob key").Add(stream.Tenant).Add(stream.Id).Bytes.ToArray();
}
