using System.Diagnostics;

namespace Billing.Gateway.Breaking;

/// <summary>The circuit breaker of one site. While closed, a call costs two reads of memory and no write.</summary>
/// <remarks>
/// Opens after so many failed calls in a row, or at once when the gateway names a time (Retry-After). When the time is
/// over, one call is sent as a probe and the others wait. Its success closes the breaker. Its failure opens it again,
/// for twice as long each time, up to a minute, or up to the first rest if that is longer.
/// </remarks>
/// <param name="failures">In a row.</param>
/// <param name="rest">How long it stays open at first.</param>
/// <param name="longestRetryAfter">The longest Retry-After that is obeyed.</param>
/// <param name="ticksNow">A clock that never goes back, in ticks of 100 ns, above 0.</param>
internal sealed class Breaker(int failures, TimeSpan rest, TimeSpan longestRetryAfter, Func<long>? ticksNow = null)
{
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(1);

    private readonly Func<long> _now = ticksNow ?? (static () => Stopwatch.GetElapsedTime(0).Ticks);
    private long _openUntil; // 0: closed.
    private int _inARow;
    private int _probesLost;
    private string? _symptom;

    /// <summary>Whether a call may be sent now.</summary>
    /// <returns>Null: no, the breaker is open. Otherwise whether this call is the probe.</returns>
    public bool? Enter()
    {
        var until = Volatile.Read(ref _openUntil);

        // The call that moves the end is the probe. If it gets no result, another probe is sent after that time.
        return until == 0 ? false
            : until > _now() ? null
            : Interlocked.CompareExchange(ref _openUntil, _now() + RestNow.Ticks, until) == until ? true : null;
    }

    /// <summary>The gateway served a call.</summary>
    /// <returns>True: this closed the breaker.</returns>
    public bool Served(bool wasProbe)
    {
        if (Volatile.Read(ref _inARow) != 0)
        {
            Volatile.Write(ref _inARow, 0);
        }

        if (!wasProbe)
        {
            return false;
        }

        Volatile.Write(ref _probesLost, 0);
        return Interlocked.Exchange(ref _openUntil, 0) != 0;
    }

    /// <summary>The gateway did not serve a call.</summary>
    /// <param name="retryAfter">Its Retry-After.</param>
    /// <returns>How long this opened the breaker, or keeps it open; null when it changed nothing.</returns>
    public TimeSpan? Failed(string symptom, bool wasProbe, TimeSpan? retryAfter)
    {
        var inARow = Interlocked.Increment(ref _inARow);

        if (wasProbe)
        {
            Interlocked.Increment(ref _probesLost);
        }

        if (retryAfter is null && !wasProbe && inARow < failures)
        {
            return null;
        }

        var wait = retryAfter is { } named ? (named < longestRetryAfter ? named : longestRetryAfter) : RestNow;
        var until = Math.Max(1, _now() + wait.Ticks);
        var before = Volatile.Read(ref _openUntil);

        // Already open: only a probe or Retry-After moves the end, and only to a later time.
        if (before != 0 && (before > until || (retryAfter is null && !wasProbe)))
        {
            return null;
        }

        _symptom = symptom;
        return Interlocked.CompareExchange(ref _openUntil, until, before) == before ? wait : null;
    }

    /// <summary>Time until the next probe; zero when the breaker is closed or its time is over.</summary>
    public TimeSpan Wait =>
        Volatile.Read(ref _openUntil) is var until && until > _now()
            ? TimeSpan.FromTicks(until - _now())
            : TimeSpan.Zero;

    public bool IsOpen => Volatile.Read(ref _openUntil) != 0;

    public int FailuresInARow => Volatile.Read(ref _inARow);

    /// <summary>Of the call that opened it last.</summary>
    public string? Symptom => IsOpen ? _symptom : null;

    private TimeSpan RestNow
    {
        get
        {
            var most = rest > LongestRest ? rest : LongestRest;
            var doubled = TimeSpan.FromTicks(rest.Ticks << Math.Min(Volatile.Read(ref _probesLost), 10));
            return doubled < most ? doubled : most;
        }
    }
}
