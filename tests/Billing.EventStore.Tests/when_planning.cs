using Billing.EventStore.Tests.Specs;
using Npgsql;
using static Billing.EventStore.Tests.Specs.StoreFixture;

namespace Billing.EventStore.Tests;

public class when_planning
{
    [Theory]
    [InlineData("empty")]
    [InlineData("young")]
    [InlineData("analyzed")]
    public async Task streams_are_locked_and_loaded_by_their_index(string tables)
    {
        await using var it = await CreateAsync();
        if (tables != "empty")
        {
            await it.ExecuteAsync("insert into mt_streams (tenant_id, id, version) select '30201', md5(i::text)::uuid, 1 from generate_series(1, 60000) i");
            await it.ExecuteAsync("insert into mt_events (id, stream_id, version, data, type, tenant_id) select id, id, 1, '{}', 'x', tenant_id from mt_streams");
            await it.ExecuteAsync("insert into stream_keys (tenant_id, stream_id, wrapped_key, created_at) select tenant_id, id, decode(repeat('00', 60), 'hex'), now() from mt_streams");
        }

        if (tables == "analyzed")
        {
            await it.ExecuteAsync("analyze mt_streams, mt_events, stream_keys");
        }

        var keys = Enumerable.Range(0, 50).Select(_ => NewKey()).ToList();
        var (tenants, ids) = (keys.Select(k => k.Tenant).ToArray(), keys.Select(k => k.Id).ToArray());
        foreach (var (sql, index, parameters) in new (string, string, object[])[]
        {
            (Sql.LockStreams, "pkey_mt_streams_tenant_id_id", [tenants, ids]),
            (Sql.StreamKeys, "pk_stream_keys", [tenants, ids]),
            (Sql.HeadsOfStreams, "pkey_mt_streams_tenant_id_id", [tenants, ids]),
            (Sql.EventsOfStreamsAfter, "pk_mt_events_stream_and_version", [tenants, ids, new long[50]]),
            (Sql.ArchiveStreams, "pkey_mt_streams_tenant_id_id", [tenants, ids, new long[50]]),
            (Sql.ArchiveStreams, "pk_mt_events_stream_and_version", [tenants, ids, new long[50]]),
        })
        {
            // Planned at each execution, and on an empty table there is nothing to go by.
            if (sql == Sql.ArchiveStreams && tables == "empty")
            {
                continue;
            }

            // As a session plans it: once, for arrays of any length; and as it is planned for these very arrays.
            foreach (var mode in new[] { "force_generic_plan", "force_custom_plan" })
            {
                var plan = await PlanAsync(it, mode, sql, parameters);
                var isByIndex = plan.Contains($"Index Scan using {index}", StringComparison.Ordinal) || plan.Contains($"Bitmap Index Scan on {index}", StringComparison.Ordinal);
                Assert.True(isByIndex && !plan.Contains("Seq Scan", StringComparison.Ordinal), $"{mode} {tables}: {plan}");
            }
        }
    }

    private static async Task<string> PlanAsync(StoreFixture it, string mode, string sql, object[] parameters)
    {
        await using var connection = await it.Database.DataSource.OpenConnectionAsync();
        await using var set = new NpgsqlCommand($"set plan_cache_mode = {mode}", connection);
        await set.ExecuteNonQueryAsync();
        await using var prepare = new NpgsqlCommand($"prepare planned as {sql}", connection);
        await prepare.ExecuteNonQueryAsync();
        await using var explain = new NpgsqlCommand($"explain execute planned ({string.Join(", ", parameters.Select(Literal))})", connection);
        await using var rows = await explain.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await rows.ReadAsync())
        {
            lines.Add(rows.GetString(0));
        }

        return string.Join('\n', lines);
    }

    private static string Literal(object array) => $"'{{{string.Join(',', ((System.Collections.IEnumerable)array).Cast<object>())}}}'";
}
