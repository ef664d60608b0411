using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Billing.EventStore;

/// <summary>Holds the master key. It wraps the data keys of streams and the keys of raw bodies that belong to no stream yet.</summary>
public sealed class Sealer
{
    private static readonly byte[] BlobKey = new Fields().Add("blob key").Bytes.ToArray();
    private readonly byte[] masterKey;
    private readonly ConcurrentBag<AesGcm> ready = [];

    /// <param name="masterKey">32 bytes.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public Sealer(byte[] masterKey)
    {
        if (masterKey.Length != AesBox.KeyLength)
        {
            throw new ArgumentException($"A master key has {AesBox.KeyLength} bytes, not {masterKey.Length}.", nameof(masterKey));
        }

        this.masterKey = [.. masterKey];
    }

    /// <summary>Seals a raw body with a key of its own, wrapped by the master key until a stream is known.</summary>
    /// <param name="plain">The body.</param>
    /// <param name="aad">What the body is bound to, such as the id of its row; not secret.</param>
    public (byte[] Body, byte[] WrappedKey) SealBlob(ReadOnlySpan<byte> plain, string aad)
    {
        Span<byte> key = stackalloc byte[AesBox.KeyLength];
        RandomNumberGenerator.Fill(key);

        // The master key made ready is handed around: one box at a time.
        var master = ready.TryTake(out var idle) ? idle : AesBox.Ready(masterKey);
        var wrappedKey = AesBox.Close(master, key, BlobKey);
        ready.Add(master);

        return (AesBox.Close(key, plain, BlobOf(aad)), wrappedKey);
    }

    /// <summary>Opens a body whose key is still wrapped by the master key.</summary>
    /// <exception cref="SealException">Changed, moved, or wrapped under a stream.</exception>
    public byte[] OpenBlob(byte[] body, byte[] wrappedKey, string aad) =>
        AesBox.Open(UnwrapBlobKey(wrappedKey), body, BlobOf(aad), "The sealed body");

    internal byte[] UnwrapBlobKey(byte[] wrappedKey) => AesBox.Open(masterKey, wrappedKey, BlobKey, "The key of a sealed body");

    internal static byte[] OpenBlobWith(byte[] key, byte[] body, string aad) => AesBox.Open(key, body, BlobOf(aad), "The sealed body");

    internal byte[] WrapStreamKey(StreamKey stream, byte[] key) => AesBox.Close(masterKey, key, KeyOf(stream));

    internal byte[] UnwrapStreamKey(StreamKey stream, byte[] wrappedKey) => AesBox.Open(masterKey, wrappedKey, KeyOf(stream), $"The key of stream {stream}");

    private static byte[] BlobOf(string aad) => new Fields().Add("blob").Add(aad).Bytes.ToArray();

    private static byte[] KeyOf(StreamKey stream) => new Fields().Add("stream key").Add(stream.Tenant).Add(stream.Id).Bytes.ToArray();
}
