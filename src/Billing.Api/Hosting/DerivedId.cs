using System.Security.Cryptography;
using System.Text;

namespace Billing.Api.Hosting;

/// <summary>An id that is the same however often it is computed, for messages that must exist once.</summary>
public static class DerivedId
{
    /// <summary>A version 8 UUID (RFC 9562: custom) from SHA-256 over the length-prefixed parts.</summary>
    public static Guid Of(params ReadOnlySpan<string> parts)
    {
        var text = new StringBuilder();

        foreach (var part in parts)
        {
            text.Append(part.Length).Append(':').Append(part);
        }

        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 16);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);

        return new Guid(bytes, bigEndian: true);
    }
}
