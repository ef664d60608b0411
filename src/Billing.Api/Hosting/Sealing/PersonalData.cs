using System.Security.Cryptography;
using Billing.Audit.Sealing;
using Billing.Domain;
using Billing.Domain.Preapprovals;
using Marten;

namespace Billing.Api.Hosting.Sealing;

/// <summary>Seals and opens the personal data of preapprovals, each under the data key of its stream.</summary>
public sealed partial class PersonalData(MasterKey master, ILogger<PersonalData> log)
{
    public MasterKey Master => master;

    /// <summary>Makes the data key of a new stream and stores it with the session's other changes.</summary>
    public StreamCipher Create(IDocumentSession session, Guid stream)
    {
        var (cipher, document) = StreamCipher.Create(master, session.TenantId, stream);
        session.Insert(document);

        return cipher;
    }

    /// <summary>The ciphers with which stored values are opened.</summary>
    /// <returns>
    /// For each stream its cipher; null where its person was forgotten, or where it has no key or a damaged one.
    /// </returns>
    public async Task<IReadOnlyDictionary<Guid, StreamCipher?>> CiphersAsync(
        IQuerySession session, IReadOnlyCollection<Guid> streams, CancellationToken ct)
    {
        var keys = await KeysAsync(session, streams, ct);

        return streams.Distinct().ToDictionary(id => id, id => Readable(session.TenantId, keys.GetValueOrDefault(id)));
    }

    /// <summary>The cipher of one stream; null where its person was forgotten, or where its key is damaged.</summary>
    public async Task<StreamCipher?> CipherAsync(IQuerySession session, Guid stream, CancellationToken ct) =>
        Readable(session.TenantId, await session.LoadAsync<DataKey>(stream, ct));

    /// <summary>The ciphers with which new values are sealed.</summary>
    /// <returns>For each stream its cipher; null where its person was forgotten.</returns>
    /// <exception cref="CryptographicException">A key is damaged: what it seals could never be read.</exception>
    public async Task<IReadOnlyDictionary<Guid, StreamCipher?>> SealingCiphersAsync(
        IQuerySession session, IReadOnlyCollection<Guid> streams, CancellationToken ct)
    {
        var keys = await KeysAsync(session, streams, ct);

        return streams.Distinct().ToDictionary(
            id => id,
            id => keys.GetValueOrDefault(id) is { } key ? StreamCipher.Open(master, session.TenantId, key) : null);
    }

    private static async Task<Dictionary<Guid, DataKey>> KeysAsync(
        IQuerySession session, IReadOnlyCollection<Guid> streams, CancellationToken ct) =>
        (await session.LoadManyAsync<DataKey>(ct, streams.Distinct().ToArray())).ToDictionary(key => key.Id);

    // One damaged row must not break a page.
    private StreamCipher? Readable(string tenant, DataKey? key)
    {
        try
        {
            return key is null ? null : StreamCipher.Open(master, tenant, key);
        }
        catch (CryptographicException)
        {
            Damaged(log, key!.Id);

            return null;
        }
    }

    /// <summary>Seals every personal value of an event that is not sealed yet.</summary>
    /// <param name="cipher">Null when the person was forgotten: values are sealed under a key that is not kept.</param>
    public void Seal(StreamCipher? cipher, string tenant, PreapprovalEvent @event)
    {
        foreach (var (field, value) in @event.SealedFields)
        {
            if (value is { IsSealed: false })
            {
                cipher ??= StreamCipher.Create(master, tenant, @event.PreapprovalId).Cipher;
                var (ciphertext, fingerprint) = cipher.Seal(value.Plaintext(), field);
                value.SealWith(ciphertext, fingerprint);
            }
        }
    }

    /// <summary>Opens every personal value of an event, in place. A value that cannot be opened stays closed.</summary>
    public static void Open(StreamCipher? cipher, PreapprovalEvent @event)
    {
        foreach (var (field, value) in @event.SealedFields)
        {
            Open(cipher, field, value);
        }
    }

    /// <inheritdoc cref="Open(StreamCipher?, PreapprovalEvent)"/>
    public static void Open(StreamCipher? cipher, string field, ISealed? value)
    {
        try
        {
            if (cipher is not null && value is { IsSealed: true, Ciphertext: { } ciphertext })
            {
                value.Open(cipher.Open(ciphertext, field));
            }
        }
        catch (CryptographicException)
        {
            // One damaged row must not break a page.
        }
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The data key of preapproval {PreapprovalId} is damaged: its personal data cannot be read. "
            + "Restore its row of mt_doc_datakey")]
    private static partial void Damaged(ILogger log, Guid preapprovalId);
}
