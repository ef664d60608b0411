using Billing.Api.Tests.Specs;
using Npgsql;

namespace Billing.Api.Tests.Auditing;

/// <summary>Many writers that commit events out of the order of their sequence numbers, and roll some back.</summary>
internal static class LogWriters
{
    private const string AllLogged =
        """
        not exists (select from mt_events e where type <> 'tombstone'
            and not exists (select from log_entries l where l.seq_id = e.seq_id))
        """;

    /// <summary>
    /// Appends events one by one to a stream of its own, each in a transaction that stays open for moments.
    /// </summary>
    /// <returns>The ids of the committed events, in order of version.</returns>
    public static async Task<List<Guid>> WriteAsync(NpgsqlDataSource tables, int seed, Func<int, bool> goesOn)
    {
        var (random, stream, committed) = (new Random(seed), Guid.CreateVersion7(), new List<Guid>());
        await tables.DoAsync(
            "insert into mt_streams (tenant_id, id, version, is_archived) values ('30201', $1, 0, false)", stream);

        for (var tries = 0; goesOn(tries); tries++)
        {
            var id = Guid.CreateVersion7();
            await using var connection = await tables.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await using var command = new NpgsqlCommand(
                """
                with s as (
                    update mt_streams set version = version + 1 where tenant_id = '30201' and id = $1
                    returning id, version)
                insert into mt_events (
                    seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, is_archived)
                select nextval('mt_events_sequence'), $2, id, version, $3::jsonb, 'schedule_paused', clock_timestamp(),
                    '30201', 'x', false
                from s
                """, connection)
            {
                Parameters =
                {
                    new() { Value = stream }, new() { Value = id },
                    new()
                    {
                        Value = $$"""{"HappenedAt": "2026-03-10T12:00:00+00:00", "PreapprovalId": "{{stream}}"}""",
                    },
                },
            };
            await command.ExecuteNonQueryAsync();

            // Later sequence numbers are committed meanwhile.
            await Task.Delay(random.Next(20));

            if (random.Next(50) > 0)
            {
                await transaction.CommitAsync();
                committed.Add(id);
            }
        }

        return committed;
    }

    /// <summary>Every event once, positions without a gap, none late.</summary>
    public static async Task AssertWholeAsync(this World world) => Assert.True(await world.QueryAsync<bool>(
        $"""
        select count(*) = max(position) and min(position) = 1 and count(distinct seq_id) = count(*)
            and not bool_or(late) and {AllLogged}
        from log_entries
        """));

    public static Task UntilLoggedAsync(this World world) =>
        Specs.Waiting.Until("every event is logged", () => world.QueryAsync<bool>($"select {AllLogged}"));
}
