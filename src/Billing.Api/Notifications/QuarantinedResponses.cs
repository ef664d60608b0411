using System.Security.Cryptography;
using System.Text;
using Billing.Api.Hosting.Sealing;
using Billing.Audit.Sealing;
using JasperFx;
using Marten;
using Marten.Linq.MatchesSql;

namespace Billing.Api.Notifications;

/// <summary>What operators do with quarantined responses, of all sites.</summary>
public sealed class QuarantinedResponses(IDocumentStore store, PersonalData personal, TimeProvider realTime)
{
    /// <summary>Oldest first: ids are in the order of arrival.</summary>
    /// <param name="all">False: only the open ones.</param>
    /// <param name="after">The last one of the page before; null for the first page.</param>
    public async Task<IReadOnlyList<QuarantinedResponse>> ListAsync(
        bool all, int limit, QuarantinedResponse? after, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        var query = session.Query<QuarantinedResponse>().Where(one => one.AnyTenant());
        query = all ? query : query.Where(one => one.Status == QuarantinedResponse.Open);
        query = after is null
            ? query
            : query.Where(one => one.MatchesSql("d.id > ?", after.Id));

        return await query.OrderBy(one => one.Id).Take(limit).ToListAsync(ct);
    }

    public async Task<QuarantinedResponse?> FindAsync(Guid id, CancellationToken ct)
    {
        await using var session = store.QuerySession();

        return await session.Query<QuarantinedResponse>().Where(one => one.AnyTenant() && one.Id == id)
            .SingleOrDefaultAsync(ct);
    }

    /// <summary>The body as it arrived, and what the operator found. Both are personal.</summary>
    /// <returns>Null where there is none, or none any more.</returns>
    public async Task<(byte[]? Body, string? Because)> OpenAsync(QuarantinedResponse one, CancellationToken ct)
    {
        var cipher = await CipherAsync(one, ct);
        var because = Open(one.Because, cipher, one.BecauseContext);

        return (Open(one.Body, cipher, one.BodyContext), because is null ? null : Encoding.UTF8.GetString(because));
    }

    /// <summary>An operator has looked at it. What was asked stays as unknown as it was.</summary>
    /// <param name="because">Sealed, since it may name people.</param>
    /// <returns>False when it was dismissed before.</returns>
    public async Task<bool> DismissAsync(QuarantinedResponse seen, string by, string because, CancellationToken ct)
    {
        var sealedText = await SealAsync(seen, because, ct);

        while (true)
        {
            await using var session = store.LightweightSession(seen.Site);

            var one = await session.LoadAsync<QuarantinedResponse>(seen.Id, ct);

            if (one is not { Status: QuarantinedResponse.Open })
            {
                return false;
            }

            var dismissed = one with
            {
                Status = QuarantinedResponse.Dismissed,
                OpenKey = null,
                DismissedAt = realTime.GetUtcNow(),
                DismissedBy = by,
                Because = sealedText,
            };
            session.UpdateRevision(dismissed, one.Version + 1);

            try
            {
                await session.SaveChangesAsync(ct);

                return true;
            }
            catch (ConcurrencyException)
            {
                // It was received once more at the same moment.
            }
        }
    }

    // Null where the person was forgotten: the text may be about them.
    private async Task<SealedBody?> SealAsync(QuarantinedResponse one, string because, CancellationToken ct)
    {
        var text = SealedBody.Seal(personal.Master, Encoding.UTF8.GetBytes(because), one.BecauseContext);

        return one.PreapprovalId is null ? text
            : await CipherAsync(one, ct) is { } stream ? text.MoveTo(stream, personal.Master, one.BecauseContext)
            : null;
    }

    private async Task<StreamCipher?> CipherAsync(QuarantinedResponse one, CancellationToken ct)
    {
        if (one.PreapprovalId is not { } stream)
        {
            return null;
        }

        await using var session = store.QuerySession(one.Site);

        return await personal.CipherAsync(session, stream, ct);
    }

    private byte[]? Open(SealedBody? body, StreamCipher? stream, string context)
    {
        try
        {
            return body?.Open(personal.Master, stream, context);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
