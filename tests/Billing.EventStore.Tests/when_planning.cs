using Billing.EventStore.Tests.Specs;
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
            await it.ExecuteAsync("insert into mt_streams (tenant_id, id, version) select '30201', md5(i::text)::uuid, 1 from generate_series(1, 3000) i");
            await it.ExecuteAsync("insert into mt_events (id, stream_id, version, data, type, tenant_id) select id, id, 1, '{}', 'x', tenant_id from mt_streams");
        }

        if (tables == "analyzed")
        {
            await it.ExecuteAsync("analyze mt_streams, mt_events");
        }

        var keys = Enumerable.Range(0, 50).Select(_ => NewKey()).ToList();
        foreach (var (sql, index) in new[] { (Sql.LockStreams, "pkey_mt_streams_tenant_id_id"), (Sql.EventsOfStreams, "pk_mt_events_stream_and_version") })
        {
            var plan = await it.TextsAsync("explain " + sql, keys.Select(k => k.Tenant).ToArray(), keys.Select(k => k.Id).ToArray());
            Assert.Contains(plan, line => line!.Contains($"Index Scan using {index}", StringComparison.Ordinal));
        }
    }
}
