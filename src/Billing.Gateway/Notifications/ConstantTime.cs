using System.Security.Cryptography;
using System.Text;

namespace Billing.Gateway.Notifications;

/// <summary>Compares secrets in a time that depends neither on the matching part nor on the length.</summary>
public static class ConstantTime
{
    public static bool AreEqual(string left, string right)
    {
        Span<byte> hashes = stackalloc byte[2 * SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(left), hashes);
        SHA256.HashData(Encoding.UTF8.GetBytes(right), hashes[SHA256.HashSizeInBytes..]);

        return CryptographicOperations.FixedTimeEquals(
            hashes[..SHA256.HashSizeInBytes], hashes[SHA256.HashSizeInBytes..]);
    }
}
