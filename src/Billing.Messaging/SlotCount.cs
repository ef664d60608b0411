namespace Billing.Messaging;

/// <summary>How many calls may still start. One claimer takes and waits; any call releases.</summary>
internal sealed class SlotCount(int all)
{
    private readonly WakeSignal _released = new();
    private int _taken;

    public int Free => all - Volatile.Read(ref _taken);

    public void Take() => Interlocked.Increment(ref _taken);

    public void Release()
    {
        Interlocked.Decrement(ref _taken);
        _released.Set();
    }

    /// <summary>Returns when <paramref name="wanted"/> slots are free, or after <paramref name="atMost"/> when at least one is, or when cancelled.</summary>
    public async Task WaitUntilFreeAsync(int wanted, TimeSpan atMost, CancellationToken ct)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!ct.IsCancellationRequested && Free < wanted && !(Free > 0 && TimeProvider.System.GetElapsedTime(started) >= atMost))
        {
            await _released.WaitAsync(atMost, ct);
        }
    }

    public async Task WaitUntilAllFreeAsync()
    {
        while (Volatile.Read(ref _taken) > 0)
        {
            await _released.WaitAsync(TimeSpan.FromSeconds(1), CancellationToken.None);
        }
    }
}
