using System.Text;
using System.Text.Unicode;

namespace Billing.Gateway.Notifications;

/// <summary>A notification's body as UTF-8. JSON is UTF-8 (RFC 8259); another declared encoding is converted.</summary>
public static class NotificationText
{
    private const string Charset = "charset=";

    private static readonly (byte[] Mark, Encoding Encoding)[] Marks =
        [([0xff, 0xfe], Encoding.Unicode), ([0xfe, 0xff], Encoding.BigEndianUnicode)];

    /// <param name="body">As it came.</param>
    /// <param name="contentType">Only its charset is read; may be null.</param>
    public static ReadOnlyMemory<byte> Utf8Of(ReadOnlyMemory<byte> body, string? contentType)
    {
        if (body.Span.StartsWith((ReadOnlySpan<byte>)[0xef, 0xbb, 0xbf]))
        {
            return body[3..];
        }

        foreach (var (mark, encoding) in Marks)
        {
            if (body.Span.StartsWith(mark))
            {
                return Encoding.UTF8.GetBytes(encoding.GetString(body.Span[mark.Length..]));
            }
        }

        return DeclaredIn(contentType, body.Span) is { } declared
            ? Encoding.UTF8.GetBytes(declared.GetString(body.Span))
            : body;
    }

    private static Encoding? DeclaredIn(string? contentType, ReadOnlySpan<byte> body)
    {
        var at = contentType?.IndexOf(Charset, StringComparison.OrdinalIgnoreCase) ?? -1;
        var name = at < 0 ? "" : contentType.AsSpan(at + Charset.Length).Trim("\"' ;").ToString();

        return name.ToUpperInvariant() switch
        {
            "UTF-16" or "UTF-16LE" => Encoding.Unicode,
            "UTF-16BE" => Encoding.BigEndianUnicode,
            "ISO-8859-1" or "LATIN1" or "WINDOWS-1252" when !Utf8.IsValid(body) => Encoding.Latin1,
            _ => null,
        };
    }
}
