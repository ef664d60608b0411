using System.Diagnostics;
using Npgsql;

namespace Billing.Api.Pacing;

/// <summary>One site's turns as this process holds them.</summary>
/// <param name="patience">How far ahead turns are given away, and so the longest wait for one.</param>
internal sealed class SitePace(NpgsqlDataSource books, string siteId, double callsPerSecond, TimeSpan patience) : IDisposable
{
    // More than a quarter of a second at once would keep turns from other nodes; a turn that is later than that is lost.
    private static readonly TimeSpan Most = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(5);

    /// <summary>$1 site, $2 duration of the block, $3 how far ahead is given away. Nobody gives away more than a minute ahead: then the clock was set back.</summary>
    private const string Take =
        """
        update gateway_pace
        set given_until = case when given_until > clock_timestamp() + interval '1 minute' then clock_timestamp() else greatest(given_until, clock_timestamp()) end + $2
        where tenant_id = $1 and (given_until <= clock_timestamp() + $3 or given_until > clock_timestamp() + interval '1 minute')
        returning given_until - $2 - clock_timestamp()
        """;

    private const string Begin = "insert into gateway_pace (tenant_id, given_until) values ($1, clock_timestamp()) on conflict (tenant_id) do nothing";

    private readonly TimeSpan _interval = TimeSpan.FromSeconds(1 / callsPerSecond);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private int _waiting;
    private int _left;
    private long _next;
    private long _restUntil;

    /// <inheritdoc cref="Gateway.IGatewayPace.TakeAsync"/>
    public async Task<TimeSpan?> TakeAsync(CancellationToken ct)
    {
        while (true)
        {
            if (await NextAsync(ct) is not { } turn)
            {
                return Rest();
            }

            if (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), turn) is var wait && wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, ct);
            }

            // Woken too late: the moment belongs to nobody any more.
            if (Stopwatch.GetElapsedTime(turn) <= Most)
            {
                return null;
            }
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task<long?> NextAsync(CancellationToken ct)
    {
        Interlocked.Increment(ref _waiting);

        try
        {
            await _gate.WaitAsync(ct);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        try
        {
            if ((_left == 0 || Stopwatch.GetElapsedTime(_next) > Most) && !await BookAsync(ct))
            {
                return null;
            }

            var turn = _next;
            (_next, _left) = (_next + Ticks(_interval), _left - 1);

            return turn;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<bool> BookAsync(CancellationToken ct)
    {
        var turns = Math.Clamp(1 + Volatile.Read(ref _waiting), 1, Math.Max(1, (int)(Most / _interval)));

        try
        {
            if (await AskAsync(Take, ct, siteId, _interval * turns, patience) is not TimeSpan wait)
            {
                await AskAsync(Begin, ct, siteId);
                wait = await AskAsync(Take, ct, siteId, _interval * turns, patience) as TimeSpan? ?? TimeSpan.MinValue;
            }

            if (wait == TimeSpan.MinValue)
            {
                return false;
            }

            (_next, _left) = (Stopwatch.GetTimestamp() + Ticks(wait > TimeSpan.Zero ? wait : TimeSpan.Zero), turns);

            return true;
        }
        catch (NpgsqlException)
        {
            // Without the database nobody knows what others send.
            return false;
        }
    }

    private async Task<object?> AskAsync(string sql, CancellationToken ct, params object[] parameters)
    {
        await using var command = books.CreateCommand(sql);

        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new() { Value = parameter });
        }

        return await command.ExecuteScalarAsync(ct);
    }

    // Whoever is turned away comes back about when it will be its turn, not all at once: each is told a little later than the one before.
    private TimeSpan Rest()
    {
        lock (_gate)
        {
            var now = Stopwatch.GetTimestamp();
            _restUntil = Math.Min(Math.Max(_restUntil, now + Ticks(patience / 2)) + Ticks(_interval / 2), now + Ticks(LongestRest));

            return Stopwatch.GetElapsedTime(now, _restUntil);
        }
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
