namespace Billing.EventStore;

public sealed partial class EventStore
{
    /// <summary>Moves the key of a sealed raw body from the master key to a stream's key, so that forgetting the stream forgets the body too.</summary>
    /// <param name="stream">The stream that the body turned out to belong to.</param>
    /// <param name="wrappedKey">As <see cref="Sealer.SealBlob"/> gave it.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>What replaces the wrapped key beside the body.</returns>
    /// <exception cref="StreamForgottenException">The stream is forgotten: the body must go.</exception>
    /// <exception cref="SealException">The key was wrapped otherwise, or there is no such stream.</exception>
    public async Task<byte[]> WrapUnderStreamAsync(StreamKey stream, byte[] wrappedKey, CancellationToken ct = default) =>
        (await SealOfAsync(stream, ct)).WrapBlobKey(Options.Sealer.UnwrapBlobKey(wrappedKey));

    /// <summary>The same for many bodies in one round trip.</summary>
    /// <returns>In their order; null where the stream is forgotten: that body must go.</returns>
    /// <exception cref="SealException">One of the keys was wrapped otherwise, or one of the streams does not exist.</exception>
    public async Task<IReadOnlyList<byte[]?>> WrapUnderStreamsAsync(IReadOnlyList<(StreamKey Stream, byte[] WrappedKey)> bodies, CancellationToken ct = default)
    {
        var seals = await SealsOfAsync([.. bodies.Select(body => body.Stream).Distinct()], ct);
        return [.. bodies.Select(body => seals[body.Stream] is { IsForgotten: false } seal ? seal.WrapBlobKey(Options.Sealer.UnwrapBlobKey(body.WrappedKey)) : null)];
    }

    /// <summary>Opens a sealed raw body.</summary>
    /// <param name="stream">Whose key wraps the body's; null while it is still the master key.</param>
    /// <param name="body">As stored.</param>
    /// <param name="wrappedKey">As stored beside it.</param>
    /// <param name="aad">What the body was bound to when it was sealed.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when the stream is forgotten.</returns>
    /// <exception cref="SealException">Changed, moved, or wrapped otherwise.</exception>
    public async Task<byte[]?> OpenBlobAsync(StreamKey? stream, byte[] body, byte[] wrappedKey, string aad, CancellationToken ct = default)
    {
        if (stream is null)
        {
            return Options.Sealer.OpenBlob(body, wrappedKey, aad);
        }

        var seal = await SealOfAsync(stream.Value, ct);
        return seal.IsForgotten ? null : Sealer.OpenBlobWith(seal.UnwrapBlobKey(wrappedKey), body, aad);
    }

    private async Task<StreamSeal> SealOfAsync(StreamKey stream, CancellationToken ct) => (await SealsOfAsync([stream], ct))[stream];

    private async Task<Dictionary<StreamKey, StreamSeal>> SealsOfAsync(IReadOnlyList<StreamKey> streams, CancellationToken ct)
    {
        await using var batch = DataSource.CreateBatch();
        batch.AddKeys(Sql.StreamKeys, streams);
        await using var rows = await batch.ExecuteReaderAsync(ct);
        return await StreamSeal.ReadAsync(rows, Options.Sealer, ct);
    }
}
