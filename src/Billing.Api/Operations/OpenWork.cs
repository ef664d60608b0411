using Billing.Api.Hosting;
using Billing.Api.PriceChanges;
using Npgsql;

namespace Billing.Api.Operations;

/// <summary>What is due or under way, of all sites: for tests and demos that wait until nothing is.</summary>
/// <param name="Due">Due dates and retries without a decision.</param>
/// <param name="Unknown">Look-ups that are due, and sends of what was not sent.</param>
/// <param name="Waiting">Messages, notifications that were not applied yet, and price changes.</param>
/// <param name="Sending">Preapprovals with a call to the gateway whose result is not recorded yet.</param>
public sealed record OpenWork(long Due, long Unknown, long Waiting, long Sending, long DeadLetters)
{
    public bool IsNothing => Due + Unknown + Waiting + Sending == 0;

    /// <param name="now">Business time.</param>
    public static async Task<OpenWork> AskAsync(
        NpgsqlDataSource dataSource, Database database, DateTimeOffset now, CancellationToken ct)
    {
        var subscriptions = $"{database.Schema}.mt_doc_subscription";
        await using var command = dataSource.CreateCommand(
            $"""
            select
                (select count(*) from {subscriptions} where next_due_at <= $1)
                    + (select count(*) from {subscriptions} where next_retry_at <= $1),
                (select count(*) from {subscriptions} where next_look_up_at <= $1),
                (select count(*) from {database.Schema}.mt_doc_notification
                 where status = 'received' or ask_again_at <= clock_timestamp())
                    + (select count(*) from {database.Schema}.{PriceChangeServices.Table}
                       where is_under_way = true),
                (select count(*) from {subscriptions} where oldest_intent is not null)
            """);
        command.With(now.ToUniversalTime());
        long due, unknown, notifications, sending;

        await using (var row = await command.ExecuteReaderAsync(ct))
        {
            await row.ReadAsync(ct);
            (due, unknown, notifications, sending) = (
                row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3));
        }

        // Asked last: what was decided before is a message by now.
        var messages = await MessageCounts.AskAsync(dataSource, database, TimeSpan.FromDays(1), ct);

        return new(due, unknown, notifications + messages.Waiting, sending, messages.DeadLetters);
    }
}
