using Billing.EventStore.Tests.Specs;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Billing.EventStore.Tests.Log;

/// <summary>Counts the events of each stream, and refuses any but the next.</summary>
internal sealed class Tally : IAsyncProjection
{
    public const string Script = "create table tally (tenant_id varchar not null, stream_id uuid not null, events bigint not null, constraint pk_tally primary key (tenant_id, stream_id))";

    public string Name => "tally";

    public IReadOnlyList<string> Tables => ["tally"];

    /// <summary>Awaited inside the transaction, per event.</summary>
    public Func<LoggedEvent, Task> OnEvent { get; set; } = _ => Task.CompletedTask;

    /// <summary>How many events went into each transaction that was tried.</summary>
    public List<int> Windows { get; } = [];

    public async Task ApplyAsync(IReadOnlyList<LoggedEvent> events, NpgsqlConnection connection, CancellationToken ct)
    {
        Windows.Add(events.Count);
        foreach (var e in events)
        {
            await OnEvent(e);
            await using var batch = new NpgsqlBatch(connection);
            batch.Add("insert into tally values ($1, $2, 1) on conflict (tenant_id, stream_id) do update set events = tally.events + 1 returning events", e.Stream.Tenant, e.Stream.Id);
            if (await batch.ExecuteScalarAsync(ct) is not long counted || counted != e.Version)
            {
                throw new InvalidOperationException($"{e} is not the next.");
            }
        }
    }
}

internal static class TallyFixture
{
    public static async Task<StoreFixture> CreateAsync()
    {
        var it = await StoreFixture.CreateAsync();
        await it.ExecuteAsync(Tally.Script);
        return it;
    }

    /// <summary>Long enough that only what a test does on purpose ends it.</summary>
    public static AsyncProjectionOptions Options(string node, int window = 10, Func<LogWindow, Task>? beforeWriting = null) =>
        new() { NodeName = node, Lease = TimeSpan.FromMinutes(2), WindowSize = window, PollMax = TimeSpan.FromMilliseconds(100), BeforeWriting = beforeWriting, RetryLadder = [Minute, Minute, Minute] };

    private static TimeSpan Minute => TimeSpan.FromMinutes(1);

    public static ProjectionRunner Runner(this StoreFixture it, IAsyncProjection projection, AsyncProjectionOptions options) => new(it.Store, projection, options, NullLogger.Instance);

    public static AsyncProjections Projections(this StoreFixture it, AsyncProjectionOptions options, params IAsyncProjection[] projections) =>
        new(it.Store, projections, options, NullLogger<AsyncProjections>.Instance);

    public static async Task<long> TalliedAsync(this StoreFixture it) => long.Parse((await it.TextAsync("select coalesce(sum(events), 0) from tally"))!);

    public static Task UntilTalliedAsync(this StoreFixture it, long events) => RawLog.UntilAsync(async () => await it.TalliedAsync() == events, $"{events} events are tallied");

    /// <summary>Makes the holder's lease run out this moment, as it does when a node is paused or dead.</summary>
    public static Task ExpireAsync(this StoreFixture it) => it.ExecuteAsync("update log_readers set leased_until = clock_timestamp() - interval '1 second'");

    public static async Task<ProjectionLag> LagAsync(this StoreFixture it) => (await LogLag.AskAsync(it.Database.DataSource, default)).Projections.Single();

    /// <summary>Until the bound has passed all that is committed: other tests' transactions hold readers back too.</summary>
    public static async Task UntilReadableAsync(this StoreFixture it)
    {
        var reader = new LogReader(it.Store);
        await RawLog.UntilAsync(async () => await reader.BoundAsync(default) is { Newest: { } newest } bound && newest.TransactionId < bound.TransactionId, "the log can be read to its end");
    }

    /// <summary>One pass over all that is committed.</summary>
    public static async Task<bool> PassAsync(this StoreFixture it, ProjectionRunner runner)
    {
        await it.UntilReadableAsync();
        return await runner.PassAsync(default);
    }
}
