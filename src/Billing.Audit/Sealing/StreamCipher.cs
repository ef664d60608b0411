using System.Security.Cryptography;

namespace Billing.Audit.Sealing;

/// <summary>Seals and opens the personal data of one stream.</summary>
public sealed class StreamCipher
{
    private const int FingerprintBytes = 16;

    private readonly byte[] key;
    private readonly string context;

    private StreamCipher(byte[] key, string tenant, Guid stream) =>
        (this.key, context) = (key, Context(tenant, stream));

    /// <summary>A new random key for a stream, and the document that stores it.</summary>
    public static (StreamCipher Cipher, DataKey Document) Create(MasterKey master, string tenant, Guid stream)
    {
        var key = RandomNumberGenerator.GetBytes(MasterKey.Bytes);
        var document =
            new DataKey { Id = stream, Wrapped = master.Wrap(key, Context(tenant, stream)), MasterKeyId = master.Id };

        return (new StreamCipher(key, tenant, stream), document);
    }

    /// <returns>Null when the key was destroyed.</returns>
    /// <exception cref="CryptographicException">The key was wrapped by another master key, or changed.</exception>
    public static StreamCipher? Open(MasterKey master, string tenant, DataKey document) =>
        document.Wrapped is { } wrapped
            ? new StreamCipher(master.Unwrap(wrapped, Context(tenant, document.Id)), tenant, document.Id)
            : null;

    /// <param name="field">The field's stable name; bound into the result.</param>
    public (byte[] Ciphertext, byte[] Fingerprint) Seal(ReadOnlySpan<byte> plaintext, string field) =>
        (AesBox.Seal(key, plaintext, $"{context}/{field}"), HMACSHA256.HashData(key, plaintext)[..FingerprintBytes]);

    /// <exception cref="CryptographicException">Another stream's or field's value, or changed bytes.</exception>
    public byte[] Open(ReadOnlySpan<byte> ciphertext, string field) =>
        AesBox.Open(key, ciphertext, $"{context}/{field}");

    private static string Context(string tenant, Guid stream) => $"{tenant}/{stream:N}";
}
