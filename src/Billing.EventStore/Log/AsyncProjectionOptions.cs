namespace Billing.EventStore;

/// <summary>How async projections run. Leases, retries and ages are measured on the database's clock.</summary>
public sealed class AsyncProjectionOptions
{
    /// <summary>How long a holder that says nothing keeps its projection: after this another node takes over.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Events per transaction.</summary>
    public int WindowSize { get; init; } = 500;

    /// <summary>The first wait after a pass; then twice as long each time nothing is found.</summary>
    public TimeSpan PollMin { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>The longest wait: how late an event may be noticed on a quiet system.</summary>
    public TimeSpan PollMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The waits after the first, second … failure in a row. The failure after the last wait stops the projection.</summary>
    public IReadOnlyList<TimeSpan> RetryLadder { get; init; } = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30)];

    /// <summary>A stopped projection is tried again by itself this often: what stopped it may have been mended elsewhere.</summary>
    public TimeSpan StoppedRetry { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Names this process as the holder of a lease.</summary>
    public string NodeName { get; init; } = $"{Environment.MachineName}/{Environment.ProcessId}";

    /// <summary>For tests: awaited with a window in hand, before its transaction.</summary>
    internal Func<LogWindow, Task>? BeforeWriting { get; init; }

    /// <summary>The wait after this many failures in a row, and whether the projection counts as stopped during it.</summary>
    internal (TimeSpan Wait, bool IsStopped) After(int failures) =>
        failures <= RetryLadder.Count ? (RetryLadder[failures - 1], false) : (StoppedRetry, true);
}
