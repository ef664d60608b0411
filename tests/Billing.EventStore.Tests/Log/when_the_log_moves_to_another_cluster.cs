using Billing.EventStore.Tests.Specs;
using static Billing.EventStore.Tests.Log.RawLog;
using static Billing.EventStore.Tests.Specs.StoreFixture;

namespace Billing.EventStore.Tests.Log;

public class when_the_log_moves_to_another_cluster
{
    private const string Restored = "update mt_events set transaction_id = (2 ^ 62)::bigint::text::xid8";

    [Fact]
    public async Task it_is_not_read_until_its_epoch_is_raised()
    {
        await using var it = await CreateAsync();
        await it.WriteAsync((await it.StreamsAsync(1))[0]);
        await it.ExecuteAsync(Restored);

        var error = await Assert.ThrowsAsync<ForeignLogException>(() => new LogReader(it.Store).BoundAsync(default));

        Assert.Contains("alter column epoch set default 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_new_epoch_is_read_after_the_old_one()
    {
        await using var it = await CreateAsync();
        var ids = await it.StreamsAsync(2);
        await it.WriteAsync(ids[0], events: 2);
        await it.ExecuteAsync(Restored);
        await it.ExecuteAsync("alter table mt_events alter column epoch set default 1");
        var reader = new LogReader(it.Store);

        Assert.Equal(1, (await reader.BoundAsync(default)).Epoch);
        var old = await reader.ReadAsync(default, await reader.BoundAsync(default), 10, default);
        Assert.Equal([1, 2], old!.Events.Select(e => e.Version));

        await it.WriteAsync(ids[0]);
        LogWindow? next = null;
        await UntilAsync(async () => (next = await reader.ReadAsync(old.End, await reader.BoundAsync(default), 10, default)) is not null, "the new epoch is read");
        Assert.Equal((1, 3L), (next!.End.Epoch, next.Events.Single().Version));
    }
}
