using Billing.EventStore.Tests.Specs;
using Npgsql;

namespace Billing.EventStore.Tests.Log;

/// <summary>Writes to the tables as every writer must: the streams' rows locked in key order, each version one higher. Says nothing about what an event is.</summary>
internal static class RawLog
{
    /// <summary>Anything committed before it was made lies below it.</summary>
    public static readonly LogBound Everything = new(0, long.MaxValue, null);

    private const string Lock = "select 1 from mt_streams where tenant_id = '30201' and id = any($1) order by id for update";

    private const string Append =
        """
        with moved as (update mt_streams set version = version + $2 where tenant_id = '30201' and id = any($1) returning id, version)
        insert into mt_events (id, stream_id, version, data, type, tenant_id)
        select gen_random_uuid(), m.id, m.version - $2 + n, '{}', 'raw', '30201'
        from moved m cross join generate_series(1, $2) n
        order by m.id, n * $3
        """;

    /// <summary>Streams of no version yet, in key order.</summary>
    public static async Task<Guid[]> StreamsAsync(this StoreFixture it, int count)
    {
        Guid[] ids = [.. Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7()).Order()];
        await it.ExecuteAsync("insert into mt_streams (tenant_id, id, version) select '30201', id, 0 from unnest($1::uuid[]) id", ids);
        return ids;
    }

    /// <summary>Adds lock and append of <paramref name="each"/> events per stream, positions handed out by version or against it.</summary>
    public static void AddAppend(this NpgsqlBatch batch, Guid[] streams, int each, bool backwards = false)
    {
        batch.Add(Lock, [streams]);
        batch.Add(Append, streams, each, backwards ? -1 : 1);
    }

    /// <summary>Appends in a transaction of its own.</summary>
    public static async Task WriteAsync(this StoreFixture it, Guid stream, int events = 1)
    {
        await using var late = await OpenTransaction.BeginAsync(it);
        await late.AppendAsync(stream, events);
        await late.CommitAsync();
    }

    /// <summary>Repeats until it is so; other tests' transactions hold readers back too.</summary>
    public static async Task UntilAsync(Func<Task<bool>> isSo, string what)
    {
        for (var tries = 0; !await isSo(); tries++)
        {
            Assert.True(tries < 3000, $"Waited in vain: {what}.");
            await Task.Delay(20);
        }
    }
}

/// <summary>A transaction that has its id already, and its turn at a stream whenever the test says.</summary>
internal sealed class OpenTransaction : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;

    private OpenTransaction(NpgsqlConnection connection, ulong id) => (this.connection, Id) = (connection, id);

    public ulong Id { get; }

    public int Pid => connection.ProcessID;

    public static Task<OpenTransaction> BeginAsync(StoreFixture it) => BeginAsync(it.Database.DataSource);

    public static async Task<OpenTransaction> BeginAsync(NpgsqlDataSource source)
    {
        var connection = await source.OpenConnectionAsync();
        await using var begin = new NpgsqlBatch(connection) { BatchCommands = { new("begin"), new("select pg_current_xact_id()") } };
        return new OpenTransaction(connection, (ulong)(await begin.ExecuteScalarAsync())!);
    }

    public async Task AppendAsync(Guid stream, int events = 1)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.AddAppend([stream], events);
        await batch.ExecuteNonQueryAsync();
    }

    public async Task CommitAsync()
    {
        await using var commit = new NpgsqlCommand("commit", connection);
        await commit.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
