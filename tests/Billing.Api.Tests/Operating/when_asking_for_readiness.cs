using Billing.Api.Hosting;
using Billing.Api.Operations;
using Billing.Api.Tests.Auditing;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Operating;

public class when_asking_for_readiness
{
    [Fact]
    public async Task the_oldest_waiting_message_is_shown_with_its_age_in_seconds()
    {
        await using var database = await World.DatabaseAsync();
        var (tables, now) = (database.DataSource, DateTimeOffset.UtcNow);

        var nothing = new Readiness("ready", 0, null, 0, 0, 0, 0, 0, [], new(0, null, 0, 0), [], null);

        Assert.Equal(
            nothing, await AskAsync() with { Projections = [], Breakers = [], Attention = nothing.Attention });

        // Handled, or due later: it does not wait.
        await InsertAsync("Handled", now.AddHours(-1), null);
        await InsertAsync("Scheduled", now.AddHours(-1), now.AddHours(1));
        Assert.Null((await AskAsync()).OldestWaitingSeconds);

        await InsertAsync("Incoming", now.AddSeconds(-120), null);
        Assert.InRange((await AskAsync()).OldestWaitingSeconds!.Value, 119, 180);

        await InsertAsync("Scheduled", now, now.AddSeconds(-300));
        Assert.InRange((await AskAsync()).OldestWaitingSeconds!.Value, 299, 360);

        Task<Readiness> AskAsync() => Readiness.AskAsync(
            tables, new Database(database.ConnectionString, Testing.TestDatabase.Schema), null,
            new Dictionary<string, long>(), default);

        Task<int> InsertAsync(string status, DateTimeOffset madeAt, DateTimeOffset? executionTime) => tables.DoAsync(
            """
            insert into wolverine_incoming_envelopes
                (id, status, owner_id, execution_time, attempts, body, message_type, received_at)
            values ($1, $2, 0, $3, 0, '', 'a_message', 'local://default')
            """,
            Guid.CreateVersion7(madeAt), status, executionTime is { } time ? time : DBNull.Value);
    }
}
