using System.Globalization;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Sites;
using Marten;
using Npgsql;

namespace Billing.Api.Notifications;

/// <summary>
/// Applies notifications again: those that match by now, those to ask about again, and those that were never applied.
/// Expires what never matched.
/// </summary>
/// <remarks>They are found by their state, so that a lost message loses no notification.</remarks>
public sealed class NotificationUpkeep(
    IDocumentStore store, NpgsqlDataSource dataSource, Database database, NotificationApplier applier,
    SiteRegister sites, DueSites due, TimeProvider realTime, NotificationsOptions options)
{
    private const int MostExpired = 1_000;

    // How long after a claim a notification is claimed again, unless it was applied.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryUnreadAfter = TimeSpan.FromHours(1);

    private const string Due = "n.ask_again_at <= $2";

    // Fifteen minutes are longer than any healthy message waits.
    private const string Unread =
        "n.status = 'received' and n.ask_again_at is null and n.received_at < $2 - interval '15 minutes'";

    // As `exists` they may be planned as a scan of all payments.
    private string Matching =>
        $"""
        n.reason = 'not_known_yet' and (n.ask_again_at is null or n.ask_again_at <= $2) and case n.kind
            when 'Preapproval' then coalesce(
                (select true from {database.Schema}.mt_doc_gatewaypreapprovalidguard g
                    where g.tenant_id = $1 and g.id = n.gateway_id::varchar),
                (select true from {database.Schema}.mt_doc_merchantpreapprovalidguard m
                    where m.tenant_id = $1 and m.id = n.reference))
            when 'Payment' then
                coalesce(
                    (select true from {database.Schema}.mt_doc_payment p where p.tenant_id = $1 and p.id = n.reference),
                    (select true from {database.Schema}.mt_doc_payment p
                        where p.tenant_id = $1 and n.reference is null and p.gateway_payment_id = n.gateway_id limit 1))
            else (
                select true from {database.Schema}.mt_doc_payment p
                where p.tenant_id = $1 and p.gateway_payment_id = n.reference::int limit 1)
            end
        """;

    /// <returns>How many notifications were applied again.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct) =>
        await SiteRegister.SumOfEachAsync(await SitesAsync(ct), site => RunOnceAsync(site, ct), ct);

    // Each search is an index of NotificationDocuments: any notification that one of the steps may be about.
    private Task<IReadOnlyList<string>> SitesAsync(CancellationToken ct) => due.FindAsync(
        sites.Ids, "mt_doc_notification",
        [
            "d.status = 'received' and d.received_at < $2 - interval '15 minutes' order by d.received_at",
            "d.ask_again_at <= $2 order by d.ask_again_at", "d.unmatched_since < $3 order by d.unmatched_since",
            "d.reason = 'not_known_yet'", "d.named_preapproval_id is not null",
        ],
        [realTime.GetUtcNow(), realTime.GetUtcNow() - options.KeepUnmatched], ct);

    private async Task<int> RunOnceAsync(string site, CancellationToken ct)
    {
        List<Guid> claimed =
        [
            .. await ClaimAsync(site, Unread, RetryUnreadAfter, ct),
            .. await ClaimAsync(site, Matching, RetryAfter, ct),
            .. await ClaimAsync(site, Due, RetryAfter, ct),
        ];
        await ExpireAsync(site, ct);
        await EraseForgottenAsync(site, ct);

        if (claimed.Count > 0)
        {
            await applier.ApplyAsync(site, claimed, isAgain: true, ct);
        }

        return claimed.Count;
    }

    // Nodes do not claim the same ones.
    private async Task<IReadOnlyList<Guid>> ClaimAsync(
        string site, string condition, TimeSpan retryAfter, CancellationToken ct)
    {
        var now = realTime.GetUtcNow();
        await using var command = dataSource.CreateCommand(
            $"""
            update {database.Schema}.mt_doc_notification
            set ask_again_at = $3, data = data || jsonb_build_object('AskAgainAt', $4::text)
            where tenant_id = $1 and id = any (array(
                select n.id from {database.Schema}.mt_doc_notification n
                where n.tenant_id = $1 and {condition}
                order by n.received_at
                limit 200
                for update skip locked))
            returning id
            """);
        command.Parameters.Add(new() { Value = site });
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = now + retryAfter });
        command.Parameters.Add(new() { Value = (now + retryAfter).ToString("O", CultureInfo.InvariantCulture) });
        await using var row = await command.ExecuteReaderAsync(ct);
        var claimed = new List<Guid>();

        while (await row.ReadAsync(ct))
        {
            claimed.Add(row.GetGuid(0));
        }

        return claimed;
    }

    // A notification that was parked while its person was being forgotten, or that was still to be applied then.
    private async Task EraseForgottenAsync(string site, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            update {database.Schema}.mt_doc_notification n set data = n.data - 'Body'
            where n.tenant_id = $1 and n.named_preapproval_id is not null and n.ask_again_at is null and n.data ? 'Body'
                and exists (
                    select from {database.Schema}.mt_doc_subscription d
                    where d.tenant_id = n.tenant_id and d.id = n.named_preapproval_id
                        and (d.data ->> 'IsForgotten')::boolean)
            """);
        command.With(site);
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task ExpireAsync(string site, CancellationToken ct)
    {
        var before = realTime.GetUtcNow() - options.KeepUnmatched;
        await using var session = store.LightweightSession(site);
        var expired = await session.Query<Notification>()
            .Where(one => one.UnmatchedSince < before).OrderBy(one => one.UnmatchedSince).Take(MostExpired)
            .ToListAsync(ct);

        foreach (var one in expired)
        {
            session.TryUpdateRevision(one with { Status = Notification.Expired, Body = null }, one.Version + 1);
        }

        if (expired.Count > 0)
        {
            await session.SaveChangesAsync(ct);
        }
    }
}
