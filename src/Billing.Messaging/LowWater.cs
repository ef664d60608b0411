using System.Diagnostics;

namespace Billing.Messaging;

/// <summary>Where the scan of a lane's index starts: behind what was taken already.</summary>
/// <remarks>
/// What was taken stays in the index until a vacuum, and while anybody holds an old snapshot open no vacuum may remove it: a scan from the bottom
/// would meet every message of that time again. So scans start a little below the last one taken, and only now and then at the bottom: for what
/// lies below (a lease that ran out, a commit that took long, a node whose clock is behind) and for a twentieth of the time at most, if that is every ten seconds.
/// </remarks>
internal sealed class LowWater
{
    /// <summary>A transaction that writes messages commits within this of looking at the clock, or waits for the next full scan.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FullScanEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FullScanAtLeastEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Always = TimeSpan.FromDays(36500);
    private static readonly (DateTimeOffset DueAt, long Position) Bottom = (DateTimeOffset.UnixEpoch, 0);

    private (DateTimeOffset DueAt, long Position) _passed = Bottom;
    private TimeSpan _fullScanEvery = FullScanEvery;
    private long? _fullScanAt;
    private long? _restsPassedAt;

    /// <summary>The next scan, which starts now.</summary>
    public Scan Next()
    {
        var now = Stopwatch.GetTimestamp();
        return _fullScanAt is not { } last || Stopwatch.GetElapsedTime(last, now) >= _fullScanEvery
            ? new Scan(now, IsFull: true, Bottom, Always)
            : new Scan(now, IsFull: false, _passed, _restsPassedAt is { } passed ? Stopwatch.GetElapsedTime(passed, now) + Margin : Always);
    }

    /// <summary>What a scan has passed.</summary>
    /// <param name="scan">The scan that has ended.</param>
    /// <param name="last">The last due message that it took; null when it came to the end of what is due.</param>
    /// <param name="tookAllRests">False: there were more rests to end than it was allowed to take.</param>
    /// <param name="businessNow">Up to where it looked.</param>
    public void Passed(Scan scan, (DateTimeOffset DueAt, long Position)? last, bool tookAllRests, DateTimeOffset businessNow)
    {
        var caughtUp = (businessNow - Margin, 0L);
        _passed = last is { } taken && taken.CompareTo(caughtUp) < 0 ? taken : caughtUp;
        if (tookAllRests)
        {
            _restsPassedAt = scan.Started;
        }

        if (scan.IsFull)
        {
            _fullScanAt = Stopwatch.GetTimestamp();
            var took = Stopwatch.GetElapsedTime(scan.Started);
            _fullScanEvery = TimeSpan.FromTicks(Math.Clamp((took * 20).Ticks, FullScanEvery.Ticks, FullScanAtLeastEvery.Ticks));
        }
    }

    /// <param name="Started">Stopwatch.</param>
    /// <param name="IsFull">From the bottom.</param>
    /// <param name="Above">Due messages above this.</param>
    /// <param name="RestsSince">How far back, on the database clock, rests that are over are looked for.</param>
    internal readonly record struct Scan(long Started, bool IsFull, (DateTimeOffset DueAt, long Position) Above, TimeSpan RestsSince);
}
