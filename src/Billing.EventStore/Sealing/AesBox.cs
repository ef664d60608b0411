using System.Security.Cryptography;

namespace Billing.EventStore;

/// <summary>AES-256-GCM: nonce (12 bytes), ciphertext, tag (16 bytes).</summary>
internal static class AesBox
{
    internal const int KeyLength = 32;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    /// <summary>For a key that is used again and again: making it ready costs as much as a small box. Not thread safe.</summary>
    internal static AesGcm Ready(ReadOnlySpan<byte> key) => new(key, TagLength);

    internal static byte[] Close(ReadOnlySpan<byte> key, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> associated)
    {
        using var aes = Ready(key);
        return Close(aes, plain, associated);
    }

    internal static byte[] Close(AesGcm aes, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> associated)
    {
        var box = new byte[NonceLength + plain.Length + TagLength];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceLength));
        aes.Encrypt(box.AsSpan(0, NonceLength), plain, box.AsSpan(NonceLength, plain.Length), box.AsSpan(NonceLength + plain.Length), associated);
        return box;
    }

    /// <exception cref="SealException">Changed, moved or closed with another key; <paramref name="what"/> names it.</exception>
    internal static byte[] Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> box, ReadOnlySpan<byte> associated, string what)
    {
        if (box.Length < NonceLength + TagLength)
        {
            throw new SealException($"{what} does not open: it is too short.");
        }

        var plain = new byte[box.Length - NonceLength - TagLength];
        using var aes = Ready(key);
        try
        {
            aes.Decrypt(box[..NonceLength], box[NonceLength..^TagLength], box[^TagLength..], plain, associated);
        }
        catch (AuthenticationTagMismatchException error)
        {
            throw new SealException($"{what} does not open: it was changed or moved, or the key is another one.", error);
        }

        return plain;
    }
}
