using System.Diagnostics;
using Npgsql;

namespace Billing.Api.Hosting.RateLimiting;

/// <summary>The permits of one site that this process holds.</summary>
/// <param name="patience">How far ahead permits are taken, and so the longest wait for one.</param>
internal sealed class SiteRateLimit(
    NpgsqlDataSource dataSource, string table, string siteId, double callsPerSecond, TimeSpan patience) : IDisposable
{
    // A larger block would keep permits from other nodes; a permit that is older than this has expired.
    private static readonly TimeSpan LongestBlock = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    private readonly TimeSpan interval = TimeSpan.FromSeconds(1 / callsPerSecond);
    private readonly SemaphoreSlim gate = new(1, 1);
    private int waiting;
    private int left;
    private long next;
    private long waitUntil;

    /// <inheritdoc cref="GatewayRateLimit.AcquireAsync"/>
    public async Task<TimeSpan?> AcquireAsync(CancellationToken ct)
    {
        while (true)
        {
            if (await NextAsync(ct) is not { } permit)
            {
                return Wait();
            }

            if (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), permit) is var wait && wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, ct);
            }

            // The permit expired while waiting; request a new one.
            if (Stopwatch.GetElapsedTime(permit) <= LongestBlock)
            {
                return null;
            }
        }
    }

    /// <inheritdoc cref="GatewayRateLimit.TakeAsync"/>
    public async Task<int> TakeAsync(int most, CancellationToken ct)
    {
        var permits = Math.Clamp(most, 1, Math.Max(1, (int)(LongestBlock / interval)));

        return await TakeBlockAsync(permits, LongestBlock, ct) is null ? 0 : permits;
    }

    public void Dispose() => gate.Dispose();

    private async Task<long?> NextAsync(CancellationToken ct)
    {
        Interlocked.Increment(ref waiting);

        try
        {
            await gate.WaitAsync(ct);
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }

        try
        {
            if ((left == 0 || Stopwatch.GetElapsedTime(next) > LongestBlock) && !await RefillAsync(ct))
            {
                return null;
            }

            var permit = next;
            (next, left) = (next + Ticks(interval), left - 1);

            return permit;
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<bool> RefillAsync(CancellationToken ct)
    {
        var permits = Math.Clamp(1 + Volatile.Read(ref waiting), 1, Math.Max(1, (int)(LongestBlock / interval)));

        if (await TakeBlockAsync(permits, patience, ct) is not { } wait)
        {
            return false;
        }

        (next, left) = (Stopwatch.GetTimestamp() + Ticks(wait > TimeSpan.Zero ? wait : TimeSpan.Zero), permits);

        return true;
    }

    // Null: all permits of the next moments are taken, or the database did not answer.
    private async Task<TimeSpan?> TakeBlockAsync(int permits, TimeSpan ahead, CancellationToken ct)
    {
        // A row that is more than a minute ahead was written before the database's clock was set back.
        var sql =
            $"""
            insert into {table} as t (tenant_id, taken_until) values ($1, clock_timestamp() + $2)
            on conflict (tenant_id) do update
            set taken_until =
                case when t.taken_until > clock_timestamp() + interval '1 minute' then clock_timestamp()
                else greatest(t.taken_until, clock_timestamp()) end + $2
            where t.taken_until <= clock_timestamp() + $3 or t.taken_until > clock_timestamp() + interval '1 minute'
            returning taken_until - $2 - clock_timestamp()
            """;

        try
        {
            await using var command = dataSource.CreateCommand(sql);
            command.Parameters.Add(new() { Value = siteId });
            command.Parameters.Add(new() { Value = interval * permits });
            command.Parameters.Add(new() { Value = ahead });

            return await command.ExecuteScalarAsync(ct) as TimeSpan?;
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }

    // Waits are spread, so that callers do not all return at the same moment.
    private TimeSpan Wait()
    {
        lock (gate)
        {
            var now = Stopwatch.GetTimestamp();
            waitUntil = Math.Min(
                Math.Max(waitUntil, now + Ticks(patience / 2)) + Ticks(interval / 2), now + Ticks(LongestWait));

            return Stopwatch.GetElapsedTime(now, waitUntil);
        }
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
