using System.Diagnostics;

namespace Billing.Api.Hosting.Outbound;

/// <summary>The time in which an intent may be sent. It begins before the intent's commit is started.</summary>
/// <remarks>Two clocks must agree: suspension stops the stopwatch, a changed date moves the wall clock.</remarks>
/// <param name="Start">Real time.</param>
/// <param name="Timestamp">The stopwatch of this machine at <paramref name="Start"/>.</param>
public sealed record SendWindow(DateTimeOffset Start, long Timestamp)
{
    public static SendWindow Open(TimeProvider realTime) => new(realTime.GetUtcNow(), Stopwatch.GetTimestamp());

    /// <summary>True while a call may be begun.</summary>
    public bool IsOpen(TimeProvider realTime, TimeSpan length) =>
        realTime.GetUtcNow() - Start is var wall
        && wall >= TimeSpan.FromSeconds(-1) && wall < length && Stopwatch.GetElapsedTime(Timestamp) < length;
}
