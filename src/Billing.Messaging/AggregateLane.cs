namespace Billing.Messaging;

/// <summary>Decides waiting aggregate commands, a batch in one commit.</summary>
internal sealed class AggregateLane(
    Inbox inbox, Settler settler, RetryLadder ladder, HandlerMap handlers, WakeSignal signal, Outage outage, MessagingOptions options)
{
    /// <summary>Runs until stopped; the batch under way is finished.</summary>
    public async Task RunAsync(CancellationToken stopping, CancellationToken abort)
    {
        var idle = new Backoff(options.PollMin, options.PollMax);
        while (!stopping.IsCancellationRequested)
        {
            IReadOnlyList<Claimed> claimed = [];
            await outage.RideOutAsync(async () => claimed = await inbox.ClaimAsync(options.BatchSize, abort), _ => true, stopping);
            if (claimed.Count == 0)
            {
                await signal.WaitAsync(idle.Next(), stopping);
                continue;
            }

            idle.Reset();
            foreach (var message in claimed)
            {
                options.Failpoint?.Invoke($"{message.Name}:claimed");
            }

            if (stopping.IsCancellationRequested)
            {
                await inbox.HandBackAsync(claimed, abort);
                return;
            }

            await settler.SettleAsync([.. claimed.Select(Decide)], abort);
        }
    }

    private Settlement Decide(Claimed message)
    {
        try
        {
            return new Settlement(message, new Ending.Finished(), handlers.Named(message.Name).Read(message.Body));
        }
        catch (Exception unreadable) when (unreadable is not OutOfMemoryException)
        {
            return ladder.Failed(message, unreadable);
        }
    }
}
