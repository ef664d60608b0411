namespace Billing.Api.Tests.Specs;

/// <summary>The clock of the machine, which a test may set wrong. Its stopwatch and its timers stay right.</summary>
public sealed class MachineClock : TimeProvider
{
    private long aheadTicks;
    private long readings;

    /// <summary>How often the service has read the time.</summary>
    public long Readings => Interlocked.Read(ref readings);

    public void SetAhead(TimeSpan by) => Interlocked.Exchange(ref aheadTicks, by.Ticks);

    public override DateTimeOffset GetUtcNow()
    {
        Interlocked.Increment(ref readings);

        return base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref aheadTicks));
    }
}
