using System.Globalization;
using Billing.Api.Charges;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Sealing;
using Billing.Api.Hosting.Streams;
using Billing.Audit.Sealing;
using Billing.Gateway;
using JasperFx;
using Marten;

namespace Billing.Api.Notifications;

/// <summary>Keeps responses of the gateway that do not match their request. They change nothing.</summary>
public sealed partial class Quarantine(
    IDocumentStore store, PreapprovalStreams streams, PersonalData personal, TimeProvider realTime,
    ILogger<Quarantine> log) : IQuarantine, IDisposable
{
    private const int MostAttempts = 50;

    // Within the process the same contradiction is counted without conflicts.
    private readonly SemaphoreSlim one = new(1);

    /// <inheritdoc/>
    public async Task KeepAsync(Gateway.QuarantinedResponse response, CancellationToken ct)
    {
        await one.WaitAsync(ct);

        try
        {
            await KeepOnceAsync(response, ct);
        }
        finally
        {
            one.Release();
        }
    }

    public void Dispose() => one.Dispose();

    /// <inheritdoc cref="ForgetHook"/>
    public static async Task ForgetAsync(IDocumentSession session, Guid preapprovalId, CancellationToken ct)
    {
        var all = await session.Query<QuarantinedResponse>()
            .Where(one => one.PreapprovalId == preapprovalId || one.NamedPreapprovalId == preapprovalId)
            .ToListAsync(ct);

        foreach (var response in all)
        {
            session.UpdateRevision(response with { Body = null, Because = null }, response.Version + 1);
        }
    }

    private async Task KeepOnceAsync(Gateway.QuarantinedResponse response, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var kept = await TryKeepAsync(response, ct);
                Kept(log, kept.Operation, kept.Site, kept.Reason, kept.Id, kept.Times);

                return;
            }
            catch (Exception e) when (attempt < MostAttempts && IsConflict(e))
            {
                // Another node kept the same contradiction at the same moment: it is counted there.
            }
        }
    }

    private async Task<QuarantinedResponse> TryKeepAsync(Gateway.QuarantinedResponse response, CancellationToken ct)
    {
        var asked = response.Asked;
        var key = $"{asked.Operation} {asked.Reference} {response.Reason}";
        await using var session = store.LightweightSession(asked.SiteId);
        var open = await session.Query<QuarantinedResponse>().Where(one => one.OpenKey == key).FirstOrDefaultAsync(ct);
        var kept = open is null
            ? await NewAsync(session, response, key, ct)
            : open with { Times = open.Times + 1, LastAt = realTime.GetUtcNow() };

        if (kept.Version == 0)
        {
            session.Insert(kept);
        }
        else
        {
            session.UpdateRevision(kept, kept.Version + 1);
        }

        await session.SaveChangesAsync(ct);

        return kept;
    }

    // The locks order this with the forgetting of a person whom the response is about or names.
    private async Task<QuarantinedResponse> NewAsync(
        IDocumentSession session, Gateway.QuarantinedResponse response, string key, CancellationToken ct)
    {
        var asked = response.Asked;
        var owner = await StreamOfAsync(session, asked, ct);
        var named = response.Named is { } other ? await StreamOfAsync(session, other, ct) : null;
        Guid[] ids = [.. new[] { owner, named }.OfType<Guid>().Distinct()];
        var locked = ids.Length == 0 ? [] : (await streams.LockAsync(session, ids, ct)).Values;
        var cipher = owner is { } stream ? await personal.CipherAsync(session, stream, ct) : null;
        var now = realTime.GetUtcNow();
        var kept = new QuarantinedResponse
        {
            Id = Guid.CreateVersion7(),
            Site = asked.SiteId,
            ReceivedAt = now,
            LastAt = now,
            Operation = asked.Operation,
            Reference = asked.Reference,
            GatewayPreapprovalId = asked.GatewayPreapprovalId,
            NamedId = response.NamedId,
            Reason = response.Reason,
            HttpStatus = response.StatusCode,
            PreapprovalId = owner,
            NamedPreapprovalId = named == owner ? null : named,
            OpenKey = key,
        };

        return locked.Any(one => one.State is { IsForgotten: true })
            ? kept
            : kept with { Body = Seal(response.Body.Span, kept.BodyContext, cipher) };
    }

    private SealedBody Seal(ReadOnlySpan<byte> body, string context, StreamCipher? stream)
    {
        var sealedBody = SealedBody.Seal(personal.Master, body, context);

        return stream is null ? sealedBody : sealedBody.MoveTo(stream, personal.Master, context);
    }

    // By the names that only the merchant gives, then by the gateway's numbers.
    private static async Task<Guid?> StreamOfAsync(IQuerySession session, Asked asked, CancellationToken ct)
    {
        var found = asked.MerchantTransactionId is { } transaction
            ? (await session.LoadAsync<Payment>(transaction, ct))?.PreapprovalId
            : null;

        if (found is null && asked.MerchantPreapprovalId is { } merchantId)
        {
            found = (await session.LoadAsync<MerchantPreapprovalIdGuard>(merchantId, ct))?.PreapprovalId;
        }

        if (found is null && asked.GatewayPaymentId is { } paymentId)
        {
            found = (await session.Query<Payment>().Where(payment => payment.GatewayPaymentId == paymentId)
                .OrderBy(payment => payment.RequestedAt).FirstOrDefaultAsync(ct))?.PreapprovalId;
        }

        if (found is null && asked.GatewayPreapprovalId?.ToString(CultureInfo.InvariantCulture) is { } id)
        {
            found = (await session.LoadAsync<GatewayPreapprovalIdGuard>(id, ct))?.PreapprovalId;
        }

        return found;
    }

    private static bool IsConflict(Exception error) =>
        error is ConcurrencyException || DatabaseErrors.ViolatedConstraint(error) is not null;

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Operation} for site {SiteId}: the response does not match its request ({Reason}); "
            + "quarantined as {Id}, received {Times} times")]
    private static partial void Kept(ILogger log, string operation, string siteId, string reason, Guid id, int times);
}
