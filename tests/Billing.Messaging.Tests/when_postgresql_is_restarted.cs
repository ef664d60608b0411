using System.Collections.Concurrent;
using Billing.EventStore;
using Billing.Messaging.Tests.Specs;
using Npgsql;

namespace Billing.Messaging.Tests;

public class when_postgresql_is_restarted
{
    private readonly ConcurrentBag<Guid> acknowledged = [];
    private readonly ConcurrentDictionary<Guid, int> firsts = [];

    [Fact]
    public async Task nothing_acknowledged_is_lost_and_nothing_is_done_twice()
    {
        await using var cluster = await Cluster.StartAsync();
        await using var node = new Node(cluster.ConnectionString, new MessagingOptions { Lease = TimeSpan.FromSeconds(2), BatchSize = 50 }, OnCall);
        await Node.MigrateAsync(node.Source);
        await node.Pump.StartAsync(default);

        using var enough = new CancellationTokenSource();
        var load = Task.WhenAll(
            AskAsync(id => node.Bus.InvokeAsync(new Count(id), new Metadata(), default), enough.Token),
            AskAsync(id => node.Bus.EnqueueAsync([new Outgoing(new Count(id))], null, new Metadata(), default), enough.Token),
            AskAsync(id => node.Bus.EnqueueAsync([new Outgoing(new Call(id))], null, new Metadata(), default), enough.Token));

        foreach (var immediate in (bool[])[true, false, true])
        {
            var before = acknowledged.Count;
            await World.UntilAsync(() => Task.FromResult(acknowledged.Count > before + 100));
            await cluster.StopAsync(immediate);
            await cluster.StartAgainAsync();
        }

        var last = acknowledged.Count;
        await World.UntilAsync(() => Task.FromResult(acknowledged.Count > last + 100));
        await enough.CancelAsync();
        await load;
        await World.UntilAsync(async () => await node.Bus.StatusAsync(DateTimeOffset.MaxValue, default) is { WaitingDue: 0, Sending: 0 });

        var done = await CountsAsync(node.Source);
        Assert.Empty(acknowledged.Except(done.Keys));
        Assert.All(done, stream => Assert.Equal(1, stream.Value));
        Assert.All(firsts, first => Assert.Equal(1, first.Value));
        Assert.Equal(0, (await node.Bus.StatusAsync(DateTimeOffset.MaxValue, default)).Dead);
        Assert.True(node.Log.Count("PostgreSQL is back") >= 1);
    }

    // Here because prepared transactions are off unless a server is started with them.
    [Fact]
    public async Task a_prepared_transaction_that_was_forgotten_is_named_as_what_everybody_waits_for()
    {
        await using var cluster = await Cluster.StartAsync();
        await DoAsync(cluster, "alter system set max_prepared_transactions = 2");
        await cluster.StopAsync(immediate: false);
        await cluster.StartAgainAsync();
        await using var node = new Node(cluster.ConnectionString, new MessagingOptions(), OnCall);
        await Node.MigrateAsync(node.Source);

        await DoAsync(cluster, "begin; select pg_current_xact_id(); prepare transaction 'forgotten import'");
        await node.Bus.InvokeAsync(new Count(Guid.CreateVersion7()), new Metadata(), default);
        var stall = (await LogLag.AskAsync(node.Source, default)).StalledBy!;
        Assert.Equal(("forgotten import", null, "prepared", "postgres"), (stall.PreparedId, stall.Pid, stall.State, stall.Database));
        Assert.True(stall.OpenSeconds > 0 && stall.HeldBackSeconds >= 0);

        await DoAsync(cluster, "rollback prepared 'forgotten import'");
        await World.UntilAsync(async () => (await LogLag.AskAsync(node.Source, default)).StalledBy is null);
    }

    private static async Task DoAsync(Cluster cluster, string sql)
    {
        await using var connection = new NpgsqlConnection(cluster.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        foreach (var statement in sql.Split("; "))
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    // What the outside world is told first, it is told once; whoever asks again learns the same.
    private Task<HandlerResult> OnCall(Call call, Delivery delivery, CancellationToken ct)
    {
        if (delivery.IsFirst)
        {
            firsts.AddOrUpdate(call.Id, 1, (_, times) => times + 1);
        }

        return Task.FromResult<HandlerResult>(new HandlerResult.Apply(new Count(call.Id, 1, Limit: 1)));
    }

    private async Task AskAsync(Func<Guid, Task> ask, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            var id = Guid.CreateVersion7();
            try
            {
                await ask(id);
                acknowledged.Add(id);
            }
            catch (Exception lost) when (lost is NpgsqlException or StreamConflictException or IOException)
            {
                // Nobody said that it was done: it may be there once, or not at all.
                await Task.Delay(20, CancellationToken.None);
            }
        }
    }

    private static async Task<Dictionary<Guid, long>> CountsAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("select stream_id, count(*) from mt_events group by stream_id");
        await using var row = await command.ExecuteReaderAsync();
        Dictionary<Guid, long> counts = [];
        while (await row.ReadAsync())
        {
            counts.Add(row.GetGuid(0), row.GetInt64(1));
        }

        return counts;
    }
}
