using Billing.Api.Health;
using Billing.Api.Tests.Auditing;
using Billing.Messaging;
using Billing.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Operating;

public class when_counting_what_is_overdue
{
    private static readonly DateTimeOffset Before = new(2031, 5, 1, 12, 0, 0, TimeSpan.Zero);

    // Young tables, of which nothing was analyzed yet, and big ones: 40,000 rows of each, none of them overdue.
    [Theory]
    [InlineData("")]
    [InlineData("analyze subscriptions, payment_history, messages")]
    public async Task no_table_is_read_through(string analyze)
    {
        await using var database = await TestDatabase.CreateAsync();
        await BillingServices.Schema(database.DataSource).ApplyAsync(default);
        var books = database.DataSource;
        await books.DoAsync(
            """
            insert into subscriptions (tenant_id, preapproval_id, merchant_preapproval_id, method_id, status, is_paused, drift, requested_at, opened_at, next_due_at, is_forgotten, stream_version)
            select '30201', gen_random_uuid(), n, 46, 'open', false, '', '2031-01-01Z', '2031-01-01Z', '2031-06-01Z'::timestamptz + n * interval '1 second', false, 1 from generate_series(1, 40000) n;
            insert into payment_history (tenant_id, merchant_transaction_id, preapproval_id, method_id, attempt, origin, amount_minor, currency, status, requested_at, stream_version)
            select '30201', n, gen_random_uuid(), 46, 1, 'scheduled', 100, 'BRL', 'charged', '2031-01-01Z', 1 from generate_series(1, 40000) n;
            insert into messages (id, lane, name, tenant_id, stream_id, body, due_at)
            select gen_random_uuid(), 'network', 'submit_charge', '30201', gen_random_uuid(), '{}', '2031-06-01Z'::timestamptz + n * interval '1 second' from generate_series(1, 40000) n;
            """);

        if (analyze.Length > 0)
        {
            await books.DoAsync(analyze);
        }

        await using var connection = await books.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var batch = Overdue.Batch(connection, "explain ", Before);
        await using var line = await batch.ExecuteReaderAsync();
        var plan = new List<string>();

        while (await line.ReadAsync())
        {
            plan.Add(line.GetString(0));
        }

        Assert.True(plan.All(one => !one.Contains("Seq Scan", StringComparison.Ordinal)), string.Join('\n', plan));
    }

    [Fact]
    public async Task each_kind_is_counted_once_and_what_somebody_has_in_hand_is_not()
    {
        await using var database = await TestDatabase.CreateAsync();
        await BillingServices.Schema(database.DataSource).ApplyAsync(default);
        await using var services = when_asking_for_readiness.Parts(database);
        var (books, bus) = (database.DataSource, services.GetRequiredService<MessageBus>());

        // Due later, opened a moment ago, owned, to be looked up later, under way.
        await Subscription("next_due_at, opened_at", Before.AddMinutes(1), Before.AddDays(-1));
        await Subscription("next_due_at, opened_at", Before.AddHours(-12), Before.AddMinutes(1));
        await Subscription("owner, unsettled_operation", "operator", "close");
        await Charge("unknown", "owner", "operator");
        await Charge("unknown", "next_look_up_at", Before.AddMinutes(1));
        await Charge("pending", "owner", DBNull.Value);
        var busy = await Charge("requested", "owner", DBNull.Value);
        await Message(busy, Before.AddMinutes(1), "null");
        await Message(busy, Before.AddHours(-1), "null, gen_random_uuid(), clock_timestamp() + interval '1 minute'", ", token, leased_until");
        var calm = await Overdue.AskAsync(books, bus, Before, 0, default);
        Assert.True(calm.IsNothing, calm.ToString());
        Assert.Empty(calm.NextSteps);

        await Subscription("next_due_at, opened_at", Before, Before.AddDays(-1));
        await Subscription("next_due_at, opened_at", Before.AddHours(-3), Before.AddDays(-1));
        await Subscription("next_look_up_at, unsettled_operation", Before, "change");
        await Subscription("unsettled_operation", "create");
        await Charge("unknown", "next_look_up_at", Before);
        await Charge("unknown", "owner", DBNull.Value);
        await Charge("requested", "owner", DBNull.Value);
        await Message(Guid.NewGuid(), Before, "null");
        await Message(Guid.NewGuid(), Before, "clock_timestamp() + interval '1 minute'");
        var late = await Overdue.AskAsync(books, bus, Before, 1, default);

        Assert.Equal((2, Before.AddHours(-3), 2, 3, 2, 1), (late.Decisions, late.OldestDueAt, late.LookUps, late.OfNobody, late.Messages, late.Contradictions));
        Assert.Equal(5, late.NextSteps.Count);

        Task<int> Subscription(string columns, params object[] values) => books.DoAsync(
            $"""
            insert into subscriptions (preapproval_id, {columns}, tenant_id, merchant_preapproval_id, method_id, status, is_paused, drift, requested_at, is_forgotten, stream_version)
            values ($1, {string.Join(", ", values.Select((_, index) => $"${index + 2}"))}, '30201', 'sub', 46, 'open', false, '', '2031-01-01Z', false, 1)
            """, [Guid.NewGuid(), .. values]);

        async Task<Guid> Charge(string status, string column, object value)
        {
            var id = Guid.NewGuid();
            await books.DoAsync(
                $"""
                insert into payment_history (tenant_id, merchant_transaction_id, preapproval_id, method_id, attempt, origin, amount_minor, currency, status, requested_at, stream_version, {column})
                values ('30201', $1::uuid::text, $1, 46, 1, 'scheduled', 100, 'BRL', '{status}', '2031-01-01Z', 1, $2)
                """, id, value);

            return id;
        }

        Task Message(Guid stream, DateTimeOffset due, string rest, string more = "") => books.DoAsync(
            $"insert into messages (id, lane, name, tenant_id, stream_id, body, due_at, available_at{more}) values (gen_random_uuid(), 'network', 'submit_charge', '30201', $1, '{{}}', $2, {rest})", stream, due);
    }
}
