namespace Billing.Api.Clock;

/// <summary>Business time: due instants, retries, look-ups. The machine's own, moved forward only in sandbox mode.</summary>
/// <remarks>Leases and time-outs never run on it; they use the database's clock.</remarks>
public sealed class BusinessClock(TimeProvider machine) : TimeProvider
{
    private long _offsetTicks;

    public TimeSpan Offset => TimeSpan.FromTicks(Interlocked.Read(ref _offsetTicks));

    public override DateTimeOffset GetUtcNow() => machine.GetUtcNow() + Offset;

    /// <summary>Takes the larger of both: business time never goes back.</summary>
    public void MoveTo(TimeSpan offset)
    {
        var known = Interlocked.Read(ref _offsetTicks);

        while (offset.Ticks > known)
        {
            var seen = Interlocked.CompareExchange(ref _offsetTicks, offset.Ticks, known);

            if (seen == known)
            {
                return;
            }

            known = seen;
        }
    }
}
