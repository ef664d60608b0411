using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Crashing;

/// <summary>PostgreSQL commits a transaction that appends events, and its client never gets the answer.</summary>
/// <remarks>
/// While a standby is wanted that does not exist, commits are durable and wait for it. A backend that is ended while it
/// waits cannot answer; one that is cancelled does. The setting is of the whole server: the test needs its own.
/// </remarks>
internal sealed class LostAnswer
{
    // A commit keeps its locks while it waits.
    private const string WaitingCommits =
        """
        select pid, xact_start, exists (
            select from pg_locks
            where pg_locks.pid = activity.pid and relation = 'mt_events'::regclass and mode = 'RowExclusiveLock')
        from pg_stat_activity activity
        where wait_event = 'SyncRep' and datname = current_database()
        """;

    private readonly World world;
    private readonly HashSet<Commit> answered = [];
    private int before;

    private LostAnswer(World world, int before) => (this.world, this.before) = (world, before);

    /// <summary>Loses the answer to one commit of events.</summary>
    /// <param name="begin">Starts what the service then does by itself.</param>
    /// <param name="before">How many commits of events are answered before that one.</param>
    public static async Task WhileAsync(World world, Func<Task> begin, int before)
    {
        var lost = new LostAnswer(world, before);

        try
        {
            await lost.RunAsync("alter system set synchronous_standby_names = 'missing'");
            await lost.RunAsync("select pg_reload_conf()");

            // The service writes something each second: when that waits, the server knows the setting.
            await Waiting.Until("a commit waits", async () => (await lost.FindAsync()).Count > 0);
            await begin();
            await Waiting.Until("the commit waits", lost.IsLostAsync);
        }
        finally
        {
            await lost.RunAsync("alter system reset synchronous_standby_names");
            await lost.RunAsync("select pg_reload_conf()");
        }
    }

    private async Task<bool> IsLostAsync()
    {
        // A second cancellation could meet the next statement of the backend.
        foreach (var commit in (await FindAsync()).Where(answered.Add))
        {
            if (commit.AppendsEvents && before-- == 0)
            {
                await RunAsync($"select pg_terminate_backend({commit.Pid}, 5000)");

                return true;
            }

            await RunAsync($"select pg_cancel_backend({commit.Pid})");
        }

        return false;
    }

    private async Task<List<Commit>> FindAsync()
    {
        await using var command = world.DataSource.CreateCommand(WaitingCommits);
        await using var row = await command.ExecuteReaderAsync();
        var found = new List<Commit>();

        while (await row.ReadAsync())
        {
            found.Add(new Commit(row.GetInt32(0), row.GetDateTime(1), row.GetBoolean(2)));
        }

        return found;
    }

    private async Task RunAsync(string sql)
    {
        await using var command = world.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private sealed record Commit(int Pid, DateTime Begun, bool AppendsEvents);
}
