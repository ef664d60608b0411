using Billing.EventStore.Tests.Specs;
using Npgsql;
using static Billing.EventStore.Tests.Specs.StoreFixture;

namespace Billing.EventStore.Tests;

public class when_the_connection_is_cut_over_a_commit
{
    [Fact]
    public async Task what_was_acknowledged_is_there_once_and_what_was_not_is_not_there()
    {
        const int Writes = 1_000, Writers = 16;
        await using var it = await CreateAsync();
        var keys = await Task.WhenAll(Enumerable.Range(0, 40).Select(n => it.AccountAsync($"A-{n}")));
        await using var proxy = new CuttingProxy(it.Database.ConnectionString);
        await using var source = NpgsqlDataSource.Create(proxy.ConnectionString);
        var store = StoreOn(source, MasterKey);
        var (turn, acknowledged, failed) = (0, new HashSet<string>(), 0);

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            for (int number; (number = Interlocked.Increment(ref turn)) <= Writes;)
            {
                try
                {
                    await using var session = await store.OpenSessionAsync(default);
                    session.Append(await session.FetchForWritingAsync(keys[number % keys.Length], default), [new Booked($"B-{number}", 1, null)], new Metadata());
                    await session.CommitAsync(default);
                    lock (acknowledged)
                    {
                        acknowledged.Add($"B-{number}");
                    }
                }
                catch (NpgsqlException)
                {
                    Interlocked.Increment(ref failed);
                }
            }
        })));

        var stored = (await it.TextsAsync("select data ->> 'Reference' from mt_events where type = 'booked'")).OfType<string>().ToList();
        Assert.Equal(stored.Distinct().Order(), stored.Order());
        Assert.Equal(acknowledged.Order(), stored.Order());
        Assert.True(proxy.Cuts >= Writes, $"Only {proxy.Cuts} connections were cut.");
        Assert.InRange(failed, 1, Writes - 1);
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    [Fact]
    public async Task an_append_to_many_remembered_streams_that_was_acknowledged_is_there_whole_and_once_and_one_that_was_not_is_not_there()
    {
        const int Rounds = 60, Streams = 130;
        await using var it = await CreateAsync();
        var keys = await it.AccountsAsync(Streams);
        await using var proxy = new CuttingProxy(it.Database.ConnectionString);
        await using var source = NpgsqlDataSource.Create(proxy.ConnectionString);
        var (store, acknowledged) = (StoreOn(source, MasterKey), new List<string>());

        for (var round = 1; round <= Rounds; round++)
        {
            try
            {
                // Remembered from here on: an append that breaks forgets them.
                await using (var session = await store.OpenSessionAsync(default))
                {
                    Assert.All((await session.FetchForWritingAsync(keys, default)).Values, stream => Assert.Equal(1 + acknowledged.Count, stream.Version));
                }

                var results = await store.AppendManyAsync([.. keys.Select(key => new StreamAppend(key, 1 + acknowledged.Count, [new Closed($"C-{round:000}")], new Metadata()))], default);
                Assert.All(results, result => Assert.True(result.IsAppended));
                acknowledged.Add($"C-{round:000} {Streams}");
            }
            catch (NpgsqlException)
            {
                // Not there, as the version that is met next shows.
            }
        }

        Assert.Equal(acknowledged, (await it.TextsAsync("select (data ->> 'Reason') || ' ' || count(*) from mt_events where type = 'closed' group by data ->> 'Reason' order by 1")).OfType<string>());
        Assert.True(proxy.Cuts >= Rounds, $"Only {proxy.Cuts} connections were cut.");
        Assert.InRange(acknowledged.Count, 1, Rounds - 1);
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }
}
