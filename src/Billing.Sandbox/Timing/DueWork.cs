using Billing.Sandbox.Notifying;

namespace Billing.Sandbox.Timing;

/// <summary>
/// Does what is due by the sandbox clock: late statuses of payments and refunds, slow notification retries.
/// </summary>
internal sealed class DueWork(DueChanges changes, Notifications notifications, Lock gate) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private readonly SemaphoreSlim moved = new(0);

    /// <summary>The clock was moved: look now.</summary>
    public void Signal() => moved.Release();

    public override void Dispose()
    {
        moved.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            lock (gate)
            {
                changes.Apply();
                notifications.ReleaseDue();
            }

            await moved.WaitAsync(Tick, stoppingToken);
        }
    }
}
