namespace Billing.Messaging;

/// <summary>How the pump works. Every limit and wait has a bound.</summary>
public sealed class MessagingOptions
{
    /// <summary>How long a claim holds, on the database clock; never renewed, so it must be long compared with any handler's own time-out.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Network calls under way at once; no more messages than free slots are claimed.</summary>
    public int MaxInFlight { get; init; } = 64;

    /// <summary>Messages handled in one commit.</summary>
    public int BatchSize { get; init; } = 200;

    /// <summary>The waits after the first, second … failure, on the database clock. The failure after the last wait makes a dead letter.</summary>
    public IReadOnlyList<TimeSpan> RetryLadder { get; init; } =
        [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10)];

    /// <summary>The first wait of a lane that found nothing.</summary>
    public TimeSpan PollMin { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>The longest wait of a lane that found nothing: how late a message of another node may be noticed.</summary>
    public TimeSpan PollMax { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a stop waits for network calls under way before it cancels them; keep it below the host's shutdown time-out.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// For crash tests: called with "{name}:claimed" after the claim's commit, "{name}:handled" after a network handler returned,
    /// "{name}:lease_lost" when somebody else has it by then, "{name}:committing" and "{name}:committed" before and after the commit that settles the message.
    /// </summary>
    public Action<string>? Failpoint { get; init; }

    /// <summary>Names this process in the log.</summary>
    public string NodeName { get; init; } = Environment.MachineName;
}
