using System.Diagnostics;

namespace Billing.Gateway.Breaking;

/// <summary>Keeps one site's calls in the house while the gateway does not serve it. In good times a call costs two reads of memory and no write.</summary>
/// <remarks>
/// Opens after so many calls in a row that got no service, or at once when the gateway names a time (Retry-After). When the time is over one call goes
/// through as a probe; the others wait on. Its success closes; its failure opens again, for twice as long each time, up to a minute or the first rest if that is longer.
/// </remarks>
/// <param name="failures">In a row.</param>
/// <param name="rest">How long it stays open at first.</param>
/// <param name="mostTold">The longest Retry-After that is obeyed.</param>
/// <param name="ticksNow">A clock that never goes back, in ticks of 100 ns, above 0.</param>
internal sealed class Breaker(int failures, TimeSpan rest, TimeSpan mostTold, Func<long>? ticksNow = null)
{
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(1);

    private readonly Func<long> _now = ticksNow ?? (static () => Stopwatch.GetElapsedTime(0).Ticks);
    private long _openUntil; // 0: closed.
    private int _inARow;
    private int _probesLost;
    private string? _symptom;

    /// <summary>May a call leave now?</summary>
    /// <returns>Null: no, the breaker is open. Otherwise whether this call is the probe.</returns>
    public bool? Enter()
    {
        var until = Volatile.Read(ref _openUntil);

        // Whoever moves the end on is the probe: should it never come back, the next one is let through after that time.
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
    /// <param name="told">Its Retry-After.</param>
    /// <returns>How long this opened the breaker, or keeps it open; null when it changed nothing.</returns>
    public TimeSpan? Failed(string symptom, bool wasProbe, TimeSpan? told)
    {
        var inARow = Interlocked.Increment(ref _inARow);

        if (wasProbe)
        {
            Interlocked.Increment(ref _probesLost);
        }

        if (told is null && !wasProbe && inARow < failures)
        {
            return null;
        }

        var wait = told is { } named ? (named < mostTold ? named : mostTold) : RestNow;
        var until = Math.Max(1, _now() + wait.Ticks);
        var before = Volatile.Read(ref _openUntil);

        // Open already: only a probe or the gateway's own word moves the end, and never nearer.
        if (before != 0 && (before > until || (told is null && !wasProbe)))
        {
            return null;
        }

        _symptom = symptom;
        return Interlocked.CompareExchange(ref _openUntil, until, before) == before ? wait : null;
    }

    /// <summary>How long the next probe is off; zero when the breaker is closed or its time is over.</summary>
    public TimeSpan Wait => Volatile.Read(ref _openUntil) is var until && until > _now() ? TimeSpan.FromTicks(until - _now()) : TimeSpan.Zero;

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
