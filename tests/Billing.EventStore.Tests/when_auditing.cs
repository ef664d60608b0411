using Billing.EventStore.Tests.Specs;
using static Billing.EventStore.Tests.Specs.StoreFixture;

namespace Billing.EventStore.Tests;

public class when_auditing
{
    [Fact]
    public async Task an_untouched_history_has_no_differences_whatever_the_chunks()
    {
        await using var it = await CreateAsync();
        for (var i = 0; i < 5; i++)
        {
            await it.AccountAsync($"A{i}", bookings: i);
        }

        var progress = new List<AuditProgress>();
        foreach (var chunk in new[] { 1, 2, 5, 500 })
        {
            var report = await new Auditor(it.Store) { StreamsPerChunk = chunk }.VerifyAsync(new Recording(progress), default);
            Assert.Empty(report.Differences);
            Assert.Equal("5 streams, 15 events, 0 differences", report.ToString());
            Assert.Equal(new AuditProgress(5, 15, 5), progress[^1]);
        }
    }

    [Fact]
    public async Task an_empty_store_has_no_differences()
    {
        await using var it = await CreateAsync();

        Assert.Equal("0 streams, 0 events, 0 differences", (await new Auditor(it.Store).VerifyAsync(null, default)).ToString());
    }

    [Fact]
    public async Task an_audit_beside_writers_finds_no_differences_and_writes_nothing()
    {
        await using var it = await CreateAsync();
        var keys = new List<StreamKey>();
        for (var i = 0; i < 8; i++)
        {
            keys.Add(await it.AccountAsync($"A{i}"));
        }

        var writing = Task.WhenAll(keys.Select((key, i) => Task.Run(async () =>
        {
            for (var n = 0; n < 10; n++)
            {
                await it.AppendAsync(key, new Booked($"{i}-{n}", 1, "note"));
                await it.AccountAsync($"new-{i}-{n}");
            }
        })));
        do
        {
            Assert.Empty((await new Auditor(it.Store) { StreamsPerChunk = 7 }.VerifyAsync(null, default)).Differences);
        }
        while (!writing.IsCompleted);

        await writing;
        Assert.Equal("80", await it.TextAsync("select count(*) from bookings"));
    }

    private sealed class Recording(List<AuditProgress> reports) : IProgress<AuditProgress>
    {
        public void Report(AuditProgress value) => reports.Add(value);
    }
}
