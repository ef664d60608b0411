using System.Collections.Concurrent;

namespace Billing.Api.Hosting.Outbound;

/// <summary>The answer to whether an intent may be sent now.</summary>
public enum Beginning
{
    /// <summary>It may; it counts as begun from now on.</summary>
    Allowed,

    /// <summary>This process has begun to send it before, or may have.</summary>
    BegunBefore,

    /// <summary>Its send window is over, and this process has not begun to send it.</summary>
    WindowOver,
}

/// <summary>The intents that this process has begun to send. Each is sent at most once.</summary>
/// <remarks>
/// Entries are kept for longer than any send window, so that a message that is delivered twice within the process sends
/// once. An intent whose entry may have been removed cannot be said to be unsent: it is left to the resolver.
/// </remarks>
public sealed class SentIntents(TimeProvider realTime, ChargingOptions options)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> begun = new(StringComparer.Ordinal);
    private int count;

    private TimeSpan Kept => (options.SendWindow * 10) + TimeSpan.FromMinutes(1);

    /// <summary>The last check before a request is written.</summary>
    /// <param name="intent">Names site, operation, id and number of the send.</param>
    public Beginning TryBegin(string intent, SendWindow window)
    {
        ForgetOld();

        if (begun.ContainsKey(intent) || realTime.GetUtcNow() - window.Start > Kept - options.SendWindow)
        {
            return Beginning.BegunBefore;
        }

        if (!window.IsOpen(realTime, options.SendWindow))
        {
            return Beginning.WindowOver;
        }

        return begun.TryAdd(intent, realTime.GetUtcNow()) ? Beginning.Allowed : Beginning.BegunBefore;
    }

    private void ForgetOld()
    {
        if (Interlocked.Increment(ref count) % 1000 != 0)
        {
            return;
        }

        var before = realTime.GetUtcNow() - Kept;

        foreach (var (intent, at) in begun)
        {
            if (at < before)
            {
                begun.TryRemove(intent, out _);
            }
        }
    }
}
