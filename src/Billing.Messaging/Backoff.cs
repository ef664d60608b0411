namespace Billing.Messaging;

/// <summary>Doubling waits between the shortest and the longest.</summary>
internal sealed class Backoff(TimeSpan shortest, TimeSpan longest)
{
    private TimeSpan? _last;

    public TimeSpan Next()
    {
        var wait = _last is not { } last ? shortest : last * 2 < longest ? last * 2 : longest;
        _last = wait;
        return wait;
    }

    public void Reset() => _last = null;

    /// <summary>Waits for the next time, or until woken: what woke may not be committed yet, so it begins with the shortest wait again.</summary>
    public async Task WaitAsync(WakeSignal signal, CancellationToken ct)
    {
        if (await signal.WaitAsync(Next(), ct))
        {
            Reset();
        }
    }
}
