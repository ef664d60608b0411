using System.Globalization;
using System.Text.Json;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Clock;

/// <summary>Business time: the machine's clock plus an offset that only grows.</summary>
internal sealed class SandboxClock(TimeProvider real, SandboxSettings settings, Journal journal) : IRemembered
{
    private long offsetTicks = StartOffset(real, settings);

    public TimeSpan Offset => TimeSpan.FromTicks(Interlocked.Read(ref offsetTicks));

    public DateTimeOffset Now => real.GetUtcNow() + Offset;

    public DateTimeOffset RealNow => real.GetUtcNow();

    /// <summary>Now as the gateway writes it.</summary>
    public string Stamp => Now.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);

    /// <summary>False, and nothing moves, when that would be backwards.</summary>
    public bool TryAdvance(TimeSpan by)
    {
        if (by < TimeSpan.Zero)
        {
            return false;
        }

        Interlocked.Add(ref offsetTicks, by.Ticks);
        journal.Write("clock", new Row(Offset.Ticks));
        return true;
    }

    public void Recall(string kind, JsonElement row)
    {
        if (kind == "clock")
        {
            Interlocked.Exchange(ref offsetTicks, row.Deserialize<Row>()!.OffsetTicks);
        }
    }

    public IEnumerable<(string Kind, object Row)> Rows() => [("clock", new Row(Offset.Ticks))];

    public void Forget() => Interlocked.Exchange(ref offsetTicks, StartOffset(real, settings));

    private static long StartOffset(TimeProvider real, SandboxSettings settings) =>
        settings.ClockStart is { } start ? (start - real.GetUtcNow()).Ticks : 0;

    private sealed record Row(long OffsetTicks);
}
