using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Sealing;
using Billing.Audit.Sealing;
using Billing.Gateway.Notifications;
using Marten;

namespace Billing.Api.Notifications;

/// <param name="Headers">A JSON object.</param>
/// <param name="Body">As it arrived.</param>
public sealed record NotificationContent(string Headers, byte[] Body)
{
    private const int LengthBytes = 4;
    private const int Prefix = 2 * LengthBytes;

    /// <summary>The body as UTF-8, whatever encoding it was sent in.</summary>
    public ReadOnlyMemory<byte> Utf8
    {
        get
        {
            using var headers = JsonDocument.Parse(Headers);
            var type = headers.RootElement.TryGetProperty("content-type", out var stated) ? stated.GetString() : null;

            return NotificationText.Utf8Of(Body, type);
        }
    }

    // Compressed, a usual notification fits into its row: PostgreSQL needs no second table for it.
    internal static byte[] Pack(string headers, ReadOnlySpan<byte> body)
    {
        var length = Encoding.UTF8.GetByteCount(headers);
        var plain = new byte[length + body.Length];
        Encoding.UTF8.GetBytes(headers, plain);
        body.CopyTo(plain.AsSpan(length));

        var packed = new byte[Prefix + BrotliEncoder.GetMaxCompressedLength(plain.Length)];
        BinaryPrimitives.WriteInt32LittleEndian(packed, length);
        BinaryPrimitives.WriteInt32LittleEndian(packed.AsSpan(LengthBytes), plain.Length);
        BrotliEncoder.TryCompress(plain, packed.AsSpan(Prefix), out var written, quality: 0, window: 16);

        return packed[..(Prefix + written)];
    }

    internal static NotificationContent Unpack(byte[] packed)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(packed);
        var plain = new byte[BinaryPrimitives.ReadInt32LittleEndian(packed.AsSpan(LengthBytes))];

        return BrotliDecoder.TryDecompress(packed.AsSpan(Prefix), plain, out var written) && written == plain.Length
            ? new(Encoding.UTF8.GetString(plain.AsSpan(0, length)), plain[length..])
            : throw new CryptographicException("The decrypted body is not one of a notification.");
    }
}

/// <summary>Seals and opens what notifications say. Headers are sealed too: they hold the sender's address.</summary>
public sealed class NotificationBodies(IDocumentStore store, PersonalData personal)
{
    /// <param name="headers">A JSON object.</param>
    public SealedBody Seal(string site, Guid id, string headers, ReadOnlySpan<byte> body) =>
        SealedBody.Seal(personal.Master, NotificationContent.Pack(headers, body), Context(site, id));

    /// <summary>From now on the body is readable only as long as the stream's data key exists.</summary>
    /// <param name="stream">Null: the stream has no key, and the body keeps its own.</param>
    public Notification MoveTo(StreamCipher? stream, string site, Notification notification) =>
        stream is not null && notification.Body is { } body
            ? notification with { Body = body.MoveTo(stream, personal.Master, Context(site, notification.Id)) }
            : notification;

    /// <param name="stream">The cipher of the stream that it was matched to; null where it has none.</param>
    /// <returns>Null when the body has expired, its person was forgotten, or it cannot be decrypted.</returns>
    public NotificationContent? Open(string site, Notification notification, StreamCipher? stream)
    {
        try
        {
            return notification.Body?.Open(personal.Master, stream, Context(site, notification.Id)) is { } packed
                ? NotificationContent.Unpack(packed)
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>For operators: it is personal data.</summary>
    /// <inheritdoc cref="Open" path="/returns"/>
    public async Task<NotificationContent?> FindAsync(string site, Guid id, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);
        var notification = await session.LoadAsync<Notification>(id, ct);
        var cipher = notification?.PreapprovalId is { } stream ? await personal.CipherAsync(session, stream, ct) : null;

        return notification is null ? null : Open(site, notification, cipher);
    }

    /// <inheritdoc cref="ForgetHook"/>
    public static async Task ForgetAsync(IDocumentSession session, Guid preapprovalId, CancellationToken ct)
    {
        // What the gateway is still asked about is erased when it is settled.
        var all = await session.Query<Notification>()
            .Where(one => one.PreapprovalId == preapprovalId
                || (one.NamedPreapprovalId == preapprovalId && one.AskAgainAt == null))
            .ToListAsync(ct);

        foreach (var notification in all)
        {
            session.UpdateRevision(notification with { Body = null }, notification.Version + 1);
        }
    }

    private static string Context(string site, Guid id) => $"{site}/{id:N}";
}
