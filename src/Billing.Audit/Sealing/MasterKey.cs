using System.Security.Cryptography;

namespace Billing.Audit.Sealing;

/// <summary>The key from configuration that wraps every data key. It never leaves the process.</summary>
public sealed class MasterKey
{
    public const int Bytes = 32;

    private readonly byte[] key;

    /// <param name="key">32 random bytes.</param>
    public MasterKey(byte[] key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, Bytes);
        this.key = key;
        Id = Convert.ToHexStringLower(SHA256.HashData([.. "billing-master-key"u8, .. key])[..8]);
    }

    /// <summary>Names the key without revealing it.</summary>
    public string Id { get; }

    /// <param name="context">Bound into the result: the same context must be given to <see cref="Unwrap"/>.</param>
    public byte[] Wrap(ReadOnlySpan<byte> plaintext, string context) => AesBox.Seal(key, plaintext, context);

    /// <exception cref="CryptographicException">Another master key, another context, or changed bytes.</exception>
    public byte[] Unwrap(ReadOnlySpan<byte> wrapped, string context) => AesBox.Open(key, wrapped, context);
}
