using System.Security.Cryptography;
using System.Text;

namespace Billing.Gateway.Notifications;

/// <summary>Compares secrets without telling by time how much of a guess was right, nor how long the secret is.</summary>
public static class ConstantTime
{
    public static bool AreEqual(string left, string right) => CryptographicOperations.FixedTimeEquals(HashOf(left), HashOf(right));

    private static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
