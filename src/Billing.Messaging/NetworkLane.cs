using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Billing.Messaging;

/// <summary>Keeps calls under way, each without a transaction, and brings their results back in batches.</summary>
internal sealed class NetworkLane(
    Inbox inbox, Settler settler, RetryLadder ladder, HandlerMap handlers, WakeSignal signal, Outage outage, MessagingOptions options, ILogger logger)
{
    // Bounded: when results cannot be committed, calls keep their slots and nothing more is claimed.
    private readonly Channel<Settlement> _results = Channel.CreateBounded<Settlement>(options.MaxInFlight);
    private readonly SlotCount _slots = new(options.MaxInFlight);

    /// <summary>Runs until stopped, then waits for calls under way, cancels them after the drain time-out, and commits what came back.</summary>
    public async Task RunAsync(CancellationToken stopping, CancellationToken abort)
    {
        using var hurry = CancellationTokenSource.CreateLinkedTokenSource(abort);
        var committing = CommitResultsAsync(abort);
        try
        {
            await ClaimAndCallAsync(hurry.Token, stopping, abort);
        }
        finally
        {
            hurry.CancelAfter(options.DrainTimeout);
            await _slots.WaitUntilAllFreeAsync();
            _results.Writer.Complete();
            await committing;
        }
    }

    private async Task ClaimAndCallAsync(CancellationToken hurry, CancellationToken stopping, CancellationToken abort)
    {
        var idle = new Backoff(options.PollMin, options.PollMax);
        while (!stopping.IsCancellationRequested)
        {
            // One claim for several slots: below a quarter free, wait a moment for more.
            await _slots.WaitUntilFreeAsync(Math.Max(1, options.MaxInFlight / 4), options.PollMin, stopping);

            IReadOnlyList<Claimed> claimed = [];
            await outage.RideOutAsync(async () => claimed = await inbox.ClaimAsync(Math.Min(_slots.Free, options.BatchSize), abort), _ => true, stopping);
            foreach (var message in claimed)
            {
                options.Failpoint?.Invoke($"{message.Name}:claimed");
            }

            if (stopping.IsCancellationRequested)
            {
                await inbox.HandBackAsync(claimed, abort);
                return;
            }

            if (claimed.Count == 0)
            {
                await signal.WaitAsync(idle.Next(), stopping);
                continue;
            }

            idle.Reset();
            foreach (var message in claimed)
            {
                _slots.Take();
                _ = Task.Run(() => CallAsync(message, hurry, abort), CancellationToken.None);
            }
        }
    }

    private async Task CallAsync(Claimed message, CancellationToken hurry, CancellationToken abort)
    {
        try
        {
            var result = await ResultAsync(message, hurry);
            if (result is not null)
            {
                await _results.Writer.WriteAsync(result, abort);
            }
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task<Settlement?> ResultAsync(Claimed message, CancellationToken hurry)
    {
        using var lease = CancellationTokenSource.CreateLinkedTokenSource(hurry);
        try
        {
            var delivery = Delivery.Of(message);
            lease.CancelAfter(delivery.Remaining > TimeSpan.Zero ? delivery.Remaining : TimeSpan.Zero);
            if (handlers.Named(message.Name) is not NetworkHandler handler)
            {
                throw new InvalidOperationException($"{message.Name} is not a network command here.");
            }

            var result = await handler.Call(handler.Read(message.Body), delivery, lease.Token);
            options.Failpoint?.Invoke($"{message.Name}:handled");
            return Settle(message, result);
        }
        catch (OperationCanceledException) when (hurry.IsCancellationRequested)
        {
            // Cut off by the stop: nobody knows what was sent, so the lease runs out and the next owner is not the first.
            return null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return ladder.Failed(message, exception);
        }
    }

    private Settlement Settle(Claimed message, HandlerResult result)
    {
        switch (result)
        {
            case HandlerResult.Apply apply:
                return new Settlement(message, new Ending.Finished(), apply.Command, apply.Evidence, IsEvidence: true);
            case HandlerResult.HandBack handBack:
                Log.HandedBack(logger, message.Name, message.Id, handBack.Delay, handBack.Reason);
                return new Settlement(message, new Ending.HandedBack(handBack.Delay));
            case HandlerResult.Done:
                return new Settlement(message, new Ending.Finished());
            default:
                throw new InvalidOperationException($"The handler of {message.Name} gave nothing back.");
        }
    }

    // Whatever came back during the previous commit is the next batch: alone when it is quiet, many under load.
    private async Task CommitResultsAsync(CancellationToken abort)
    {
        while (await _results.Reader.WaitToReadAsync(abort))
        {
            List<Settlement> batch = [];
            while (batch.Count < options.BatchSize && _results.Reader.TryRead(out var result))
            {
                batch.Add(result);
            }

            await settler.SettleAsync(batch, abort);
        }
    }
}
