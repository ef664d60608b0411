namespace Billing.Api.Hosting.Clock;

/// <summary>Business time, for due dates, retries, look-ups: the machine's time, moved only in sandbox mode.</summary>
/// <remarks>Not a <see cref="TimeProvider"/>: libraries resolve that type for timers, which run on real time.</remarks>
public sealed class BusinessClock(TimeProvider realTime)
{
    private long offsetTicks;

    public TimeSpan Offset => TimeSpan.FromTicks(Interlocked.Read(ref offsetTicks));

    public DateTimeOffset GetUtcNow() => realTime.GetUtcNow() + Offset;

    /// <summary>Takes the larger of both offsets: business time never goes back.</summary>
    public void MoveTo(TimeSpan offset)
    {
        for (var known = Interlocked.Read(ref offsetTicks); offset.Ticks > known;)
        {
            var seen = Interlocked.CompareExchange(ref offsetTicks, offset.Ticks, known);
            known = seen == known ? offset.Ticks : seen;
        }
    }
}
