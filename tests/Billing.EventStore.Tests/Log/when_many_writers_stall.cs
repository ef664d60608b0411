using System.Diagnostics;
using Billing.EventStore.Tests.Specs;
using Npgsql;
using Xunit.Abstractions;
using static Billing.EventStore.Tests.Log.RawLog;
using static Billing.EventStore.Tests.Specs.StoreFixture;

namespace Billing.EventStore.Tests.Log;

public class when_many_writers_stall(ITestOutputHelper output)
{
    private const int Wanted = 100_000;

    private const string Overtaken =
        """
        select count(*) from mt_events e
        join mt_events before on before.tenant_id = e.tenant_id and before.stream_id = e.stream_id and before.version = e.version - 1
        where before.transaction_id > e.transaction_id
        """;

    [Fact]
    public async Task every_reader_gets_every_event_once_and_in_stream_order()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        await using var it = await CreateAsync();
        var streams = await it.StreamsAsync(150);
        var (committed, isWriting) = (new Counter(), true);

        var watch = Stopwatch.StartNew();
        var readers = new[] { 60, 300, 1000 }.Select(size => Task.Run(() => ReadAsync(size, () => !Volatile.Read(ref isWriting)))).ToList();
        try
        {
            await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(() => WriteAsync(new Random(seed + i)))));
        }
        finally
        {
            Volatile.Write(ref isWriting, false);
        }

        output.WriteLine($"{committed.Value} events written in {watch.Elapsed.TotalSeconds:0.0} s");

        var read = await Task.WhenAll(readers);
        output.WriteLine($"read after {watch.Elapsed.TotalSeconds:0.0} s; overtaken: {await it.TextAsync(Overtaken)}");
        Assert.NotEqual("0", await it.TextAsync(Overtaken));
        Assert.Equal($"{committed.Value}", await it.TextAsync("select count(*) from mt_events"));
        Assert.All(read, reader => Assert.Empty(reader.Faults));
        Assert.All(read, reader => Assert.Equal(committed.Value, reader.Count));

        async Task WriteAsync(Random random)
        {
            await using var connection = await it.Database.DataSource.OpenConnectionAsync();
            while (committed.Value < Wanted)
            {
                Guid[] chosen = [.. Enumerable.Range(0, random.Next(3) == 0 ? random.Next(2, 6) : 1).Select(_ => streams[random.Next(streams.Length)]).Distinct()];
                var (each, isKept) = (random.Next(1, 40), random.Next(10) > 0);
                await using var batch = new NpgsqlBatch(connection);
                batch.Add("begin");
                if (random.Next(3) == 0)
                {
                    batch.Add("select pg_current_xact_id()");
                    Stall(batch, random);
                }

                batch.AddAppend(chosen, each, backwards: random.Next(8) == 0);
                if (random.Next(4) == 0)
                {
                    Stall(batch, random);
                }

                batch.Add(isKept ? "commit" : "rollback");
                await batch.ExecuteNonQueryAsync();
                committed.Add(isKept ? each * chosen.Length : 0);
            }
        }

        async Task<Deliveries> ReadAsync(int size, Func<bool> isLast)
        {
            var (reader, cursor, deliveries) = (new LogReader(it.Store), default(LogCursor), new Deliveries());
            for (var (passes, isDone) = (0, false); passes < 3000; passes += isDone ? 1 : 0)
            {
                isDone = isLast();
                var bound = await reader.BoundAsync(default);
                while (await reader.ReadAsync(cursor, bound, size, default) is { } window)
                {
                    deliveries.Add(window);
                    cursor = window.End;
                }

                // Past the last event nothing more can come; other tests' transactions may hold that up for a while.
                if (isDone && bound.Newest <= cursor)
                {
                    break;
                }

                await Task.Delay(20);
            }

            return deliveries;
        }
    }

    private static void Stall(NpgsqlBatch batch, Random random) => batch.Add("select pg_sleep($1)", random.Next(20) == 0 ? 0.25 : random.NextDouble() * 0.02);

    private sealed class Counter
    {
        private int value;

        public int Value => Volatile.Read(ref value);

        public void Add(int more) => Interlocked.Add(ref value, more);
    }
}
