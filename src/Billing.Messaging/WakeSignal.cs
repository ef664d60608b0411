namespace Billing.Messaging;

/// <summary>Ends a lane's wait early when this process has just enqueued something for it.</summary>
internal sealed class WakeSignal
{
    private TaskCompletionSource _source = New();

    public void Set() => Volatile.Read(ref _source).TrySetResult();

    /// <summary>Returns when set, after <paramref name="atMost"/> of real time, or when cancelled; never throws.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken ct)
    {
        var source = Volatile.Read(ref _source);
        await source.Task.WaitAsync(atMost, TimeProvider.System, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (source.Task.IsCompleted)
        {
            // Several pumps may wait on one signal: only the first to wake renews it, so that no later Set is lost.
            Interlocked.CompareExchange(ref _source, New(), source);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
