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
}
