namespace Billing.Messaging;

/// <summary>Decides waiting aggregate commands, a batch in one transaction: locked, decided, appended, deleted.</summary>
/// <remarks>Nothing is sent anywhere, so nothing needs a lease: whatever ends the transaction early frees the messages as they were.</remarks>
internal sealed class AggregateLane(
    MessageBus bus, Inbox inbox, Settler settler, RetryLadder ladder, WakeSignal signal, Outage outage, MessagingOptions options)
{
    /// <summary>Runs until stopped; the batch under way is finished.</summary>
    public async Task RunAsync(CancellationToken stopping, CancellationToken abort)
    {
        var idle = new Backoff(options.PollMin, options.PollMax);
        while (!stopping.IsCancellationRequested)
        {
            var found = false;
            await outage.RideOutAsync(async () => found = await WorkOffAsync(stopping, abort), _ => true, stopping);
            if (found)
            {
                idle.Reset();
            }
            else
            {
                await signal.WaitAsync(idle.Next(), stopping);
            }
        }
    }

    private async Task<bool> WorkOffAsync(CancellationToken stopping, CancellationToken abort)
    {
        Settlement[] work;
        await using (var session = await bus.Store.OpenSessionAsync(abort))
        {
            var taken = await inbox.TakeAsync(session.Connection, options.BatchSize, abort);
            foreach (var message in taken)
            {
                options.Failpoint?.Invoke($"{message.Name}:claimed");
            }

            if (taken.Count == 0 || stopping.IsCancellationRequested)
            {
                return false;
            }

            work = [.. taken.Select(Decide)];
            if (await settler.TrySettleTakenAsync(session, work, abort))
            {
                return true;
            }
        }

        await settler.SettleAsync(work, abort);
        return true;
    }

    private Settlement Decide(Claimed message)
    {
        try
        {
            return new Settlement(message, new Ending.Finished(), bus.Handlers.Named(message.Name).Read(message.Body));
        }
        catch (Exception unreadable) when (unreadable is not OutOfMemoryException)
        {
            return ladder.Failed(message, unreadable);
        }
    }
}
