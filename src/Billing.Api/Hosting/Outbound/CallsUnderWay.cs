using Billing.Gateway;

namespace Billing.Api.Hosting.Outbound;

/// <summary>Counts running calls: limits pages of charges to free calls, and lets a stop wait for the rest.</summary>
public sealed class CallsUnderWay(ChargingOptions options, GatewayOptions gateway, TimeProvider realTime)
{
    private readonly Lock gate = new();
    private readonly Dictionary<Guid, (int Calls, DateTimeOffset Since)> pages = [];
    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int underWay;
    private int reserved;
    private int tracked;
    private bool isStopping;

    /// <summary>
    /// Reserves calls for a page before it is decided; <see cref="Release"/> returns each when it has ended.
    /// </summary>
    /// <remarks>A page whose message was lost returns its calls when none of them can be running any more.</remarks>
    /// <returns>How many were reserved, at most <paramref name="most"/>.</returns>
    public int Reserve(Guid page, int most)
    {
        lock (gate)
        {
            ReleaseLostPages();
            var free =
                isStopping ? 0 : Math.Max(0, Math.Min(most, options.MaxInFlight - Math.Max(underWay, reserved)));
            reserved += free;

            if (free > 0)
            {
                pages[page] = (free, realTime.GetUtcNow());
            }

            return free;
        }
    }

    /// <summary>Gives back calls of a page, never more than it still has: a message may be handled twice.</summary>
    public void Release(Guid page, int count)
    {
        lock (gate)
        {
            ReleaseOf(page, count);
            SignalWhenDrained();
        }
    }

    /// <returns>False while the process is stopping: no further call is begun.</returns>
    public bool TryBegin()
    {
        lock (gate)
        {
            underWay += isStopping ? 0 : 1;

            return !isStopping;
        }
    }

    public void End()
    {
        lock (gate)
        {
            underWay--;
        }
    }

    /// <summary>A stop waits until the returned object is disposed.</summary>
    public IDisposable Track()
    {
        lock (gate)
        {
            tracked++;
        }

        return new Tracked(this);
    }

    /// <summary>Begins no further call and completes when those under way have ended and are recorded.</summary>
    public Task StopAsync()
    {
        lock (gate)
        {
            isStopping = true;
            SignalWhenDrained();
        }

        return drained.Task;
    }

    private void ReleaseLostPages()
    {
        var before = realTime.GetUtcNow() - options.SendWindow - gateway.DrainTimeout;

        foreach (var page in pages.Where(one => one.Value.Since < before).Select(one => one.Key).ToArray())
        {
            ReleaseOf(page, int.MaxValue);
        }
    }

    private void ReleaseOf(Guid page, int count)
    {
        if (!pages.TryGetValue(page, out var left))
        {
            return;
        }

        var released = Math.Min(count, left.Calls);
        reserved -= released;

        if (released == left.Calls)
        {
            pages.Remove(page);
        }
        else
        {
            pages[page] = (left.Calls - released, left.Since);
        }
    }

    private void SignalWhenDrained()
    {
        if (isStopping && tracked == 0 && reserved == 0)
        {
            drained.TrySetResult();
        }
    }

    private sealed class Tracked(CallsUnderWay owner) : IDisposable
    {
        public void Dispose()
        {
            lock (owner.gate)
            {
                owner.tracked--;
                owner.SignalWhenDrained();
            }
        }
    }
}
