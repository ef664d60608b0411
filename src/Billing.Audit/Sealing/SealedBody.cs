using System.Security.Cryptography;

namespace Billing.Audit.Sealing;

/// <summary>A body sealed under its own key, which may be rewrapped from the master key to a stream's key.</summary>
/// <param name="Ciphertext">The body.</param>
/// <param name="WrappedKey">Its key.</param>
/// <param name="IsStreamKey">True once the key is wrapped under a stream's data key instead of the master key.</param>
public sealed record SealedBody(byte[] Ciphertext, byte[] WrappedKey, bool IsStreamKey = false)
{
    private const string KeyField = "body_key";

    /// <param name="context">What the body belongs to, for example site and document id; bound into both parts.</param>
    public static SealedBody Seal(MasterKey master, ReadOnlySpan<byte> body, string context)
    {
        var key = RandomNumberGenerator.GetBytes(MasterKey.Bytes);

        return new(AesBox.Seal(key, body, context), master.Wrap(key, context));
    }

    /// <summary>From now on the body is readable only as long as the stream's data key exists.</summary>
    public SealedBody MoveTo(StreamCipher stream, MasterKey master, string context) => IsStreamKey
        ? this
        : this with
        {
            WrappedKey = stream.Seal(master.Unwrap(WrappedKey, context), KeyField).Ciphertext,
            IsStreamKey = true
        };

    /// <param name="stream">The stream's cipher; needed once the key has moved there.</param>
    /// <returns>Null when the stream's key was destroyed.</returns>
    public byte[]? Open(MasterKey master, StreamCipher? stream, string context)
    {
        var key = IsStreamKey ? stream?.Open(WrappedKey, KeyField) : master.Unwrap(WrappedKey, context);

        return key is null ? null : AesBox.Open(key, Ciphertext, context);
    }
}
