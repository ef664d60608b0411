using Billing.EventStore.Tests.Specs;
using static Billing.EventStore.Tests.Specs.StoreFixture;

namespace Billing.EventStore.Tests.Log;

public class when_planning_reads_of_the_log
{
    [Theory]
    [InlineData("empty")]
    [InlineData("young")]
    [InlineData("analyzed")]
    public async Task every_statement_goes_by_its_index(string tables)
    {
        await using var it = await CreateAsync();
        if (tables != "empty")
        {
            await it.ExecuteAsync(
                """
                insert into mt_events (id, stream_id, version, data, type, tenant_id)
                select gen_random_uuid(), md5((i % 1000)::text)::uuid, i / 1000 + 1, '{}', 'x', '30201' from generate_series(0, $1 - 1) i
                """,
                tables == "young" ? 3_000 : 60_000);
            await it.ExecuteAsync("insert into event_feed (position, seq_id) select seq_id, seq_id from mt_events");
            await it.ExecuteAsync("insert into log_readers (name) values ('x')");
            await it.ExecuteAsync("insert into mt_event_progression (name, last_seq_id) values ('x', 0)");
        }

        if (tables == "analyzed")
        {
            await it.ExecuteAsync("analyze mt_events, event_feed, log_readers, mt_event_progression");
        }

        const string Log = "ix_mt_events_epoch_transaction_seq";
        foreach (var after in new[] { default, new LogCursor(0, long.MaxValue - 1, 30_000) })
        {
            await PlansAsync(Sql.LogWindow, [Log, "pk_mt_events_stream_and_version"], [.. after.Parameters, 0, LogCursor.Xid8(long.MaxValue), 500L]);
        }

        await PlansAsync(Sql.LogBound, [Log]);
        await PlansAsync(Sql.Lags, [Log], LogLag.MostCounted);
        await PlansAsync(Sql.Stall, [Log]);
        await PlansAsync(Sql.FeedPage, ["pk_event_feed", "pkey_mt_events_seq_id"], 0L, 500);
        await PlansAsync(Sql.FeedPageOfTenant, ["pk_event_feed", "pkey_mt_events_seq_id"], 0L, (long)FeedReader.MostPositions, 500, "30201");
        await PlansAsync(Sql.FeedHead, ["pk_event_feed"]);
        await PlansAsync(Sql.AppendToFeed, ["pk_event_feed"], new long[] { 1, 2 });

        async Task PlansAsync(string sql, string[] indexes, params object[] parameters)
        {
            var plan = string.Join('\n', await it.TextsAsync("explain " + sql, parameters));

            Assert.All(indexes, index => Assert.Matches($"Index (Only )?Scan (Backward )?(using|on) {index}", plan));
            Assert.DoesNotContain("Seq Scan on mt_events", plan, StringComparison.Ordinal);
            Assert.DoesNotContain("Seq Scan on event_feed", plan, StringComparison.Ordinal);
        }
    }
}
