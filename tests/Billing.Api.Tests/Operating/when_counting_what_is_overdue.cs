using Billing.Api.Hosting;
using Billing.Api.Operations;
using Billing.Api.Tests.Auditing;
using Billing.Api.Tests.Specs;
using Billing.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Billing.Api.Tests.Operating;

public class when_counting_what_is_overdue
{
    private static readonly DateTimeOffset Before = new(2031, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    // Young tables without statistics, and big ones: 40,000 rows, none of them overdue.
    [Theory]
    [InlineData("")]
    [InlineData("analyze mt_doc_subscription")]
    public async Task no_table_is_read_through(string analyze)
    {
        await using var database = await World.DatabaseAsync();
        await database.DataSource.DoAsync(
            """
            insert into mt_doc_subscription (tenant_id, id, data, mt_version, status, requested_at, next_due_at)
            select '30201', gen_random_uuid(), '{"OpenedAt": "2031-01-01T00:00:00+00:00"}', 1, 'Open', '2031-01-01Z',
                '2031-06-01Z'::timestamptz + n * interval '1 second'
            from generate_series(1, 40000) n
            """);

        if (analyze.Length > 0)
        {
            await database.DataSource.DoAsync(analyze);
        }

        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await NothingIsReadThroughAsync(Overdue.Batch(connection, Of(database), "explain ", Before, Limit));
        await NothingIsReadThroughAsync(Backlog.Batch(connection, Of(database), "explain ", Before));
    }

    [Fact]
    public async Task each_kind_is_counted_once_and_work_that_has_an_owner_or_time_left_is_not()
    {
        await using var world = await World.WithoutServiceAsync();
        await using var parts = world.Parts();
        var (tables, proofs, real) =
            (world.DataSource, parts.Services.GetRequiredService<DueProofs>(), DateTimeOffset.UtcNow);
        var opened = Before.AddDays(-1);

        // Due later, opened a moment ago, owned, to be looked up later, sent a moment ago.
        await SubscriptionAsync("next_due_at", Before.AddMinutes(1), opened);
        await SubscriptionAsync("next_due_at", Before.AddHours(-12), Before.AddMinutes(1));
        await SubscriptionAsync("owner", "operator", opened);
        await SubscriptionAsync("next_look_up_at", Before.AddMinutes(1), opened);
        await SubscriptionAsync("oldest_intent", real, opened);
        await MessageAsync(real);
        var calm = await AskAsync();
        Assert.True(calm.IsNothing, calm.ToString());
        Assert.Empty(calm.NextSteps);

        await SubscriptionAsync("next_due_at", Before, opened);
        await SubscriptionAsync("next_due_at", Before.AddHours(-3), opened);
        await SubscriptionAsync("next_retry_at", Before.AddHours(-1), opened);
        await SubscriptionAsync("next_look_up_at", Before, opened);
        await SubscriptionAsync("oldest_intent", real.AddHours(-1), opened);
        await MessageAsync(real.AddHours(-1));
        var late = await AskAsync();

        Assert.Equal(
            (3, Before.AddHours(-3), 1, 1, 1, 0),
            (late.Decisions, late.OldestDueAt, late.LookUps, late.Orphaned, late.Messages, late.Contradictions));
        Assert.Equal(4, late.NextSteps.Count);

        Task<Overdue> AskAsync() => Overdue.AskAsync(
            tables, new Database(world.ConnectionString, TestDatabase.Schema), Before, Limit, proofs, default);

        Task<int> SubscriptionAsync(string column, object value, DateTimeOffset openedAt) => tables.DoAsync(
            $"""
            insert into mt_doc_subscription (tenant_id, id, data, mt_version, status, requested_at, {column})
            values ('30201', gen_random_uuid(), jsonb_build_object('OpenedAt', $1::timestamptz), 1, 'Open',
                '2031-01-01Z', $2)
            """,
            openedAt, value);

        Task<int> MessageAsync(DateTimeOffset madeAt) => tables.DoAsync(
            """
            insert into wolverine_incoming_envelopes (id, status, owner_id, attempts, body, message_type, received_at)
            values ($1, 'Incoming', 0, 0, '', 'a_message', 'local://default')
            """,
            Guid.CreateVersion7(madeAt));
    }

    private static async Task NothingIsReadThroughAsync(NpgsqlBatch batch)
    {
        await using var explained = batch;
        await using var line = await explained.ExecuteReaderAsync();
        var plan = new List<string>();

        while (await line.ReadAsync())
        {
            plan.Add(line.GetString(0));
        }

        Assert.NotEmpty(plan);
        Assert.True(plan.All(one => !one.Contains("Seq Scan", StringComparison.Ordinal)), string.Join('\n', plan));
    }

    private static Database Of(TestDatabase database) => new(database.ConnectionString, TestDatabase.Schema);
}
