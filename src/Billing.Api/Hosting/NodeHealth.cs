using Npgsql;

namespace Billing.Api.Hosting;

/// <summary>
/// Compares this node's clock with the database's. While they differ, the node decides nothing that depends on time.
/// </summary>
/// <remarks>
/// The database is asked every 30 seconds. In between, the stopwatch says how far its clock has gone on since, so that
/// a clock that jumps is noticed before the next decision, without a query.
/// </remarks>
public sealed partial class NodeHealth(NpgsqlDataSource dataSource, TimeProvider realTime, ILogger<NodeHealth> log)
    : BackgroundService
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim wanted = new(0);
    private volatile Comparison? last;

    /// <summary>True while the clocks differ by more than 60 seconds.</summary>
    public bool IsClockOff
    {
        get
        {
            var known = last;
            var isOff = known is not null && IsOff(DifferenceSince(known));

            // The stopwatch does not run while a machine is suspended: only the database can say which one is right.
            if (isOff && known!.WantsAnother())
            {
                wanted.Release();
            }

            return isOff;
        }
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await CompareAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        wanted.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Duty.RunAsync("clock check", log, async () =>
        {
            await CompareAsync(stoppingToken);
            await wanted.WaitAsync(Interval, stoppingToken);

            return TimeSpan.Zero;
        }, stoppingToken);

    private async Task CompareAsync(CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand("select clock_timestamp()");
        var database = (DateTime)(await command.ExecuteScalarAsync(ct))!;
        var (before, now) = (last, new Comparison(database, realTime.GetTimestamp()));
        var difference = DifferenceSince(now);
        (now.WasOff, last) = (IsOff(difference), now);

        if (now.WasOff)
        {
            Off(log, difference.TotalSeconds);
        }
        else if (before is { WasOff: true })
        {
            RightAgain(log);
        }
    }

    // Ours minus the database's.
    private TimeSpan DifferenceSince(Comparison known) =>
        realTime.GetUtcNow() - (known.Database + realTime.GetElapsedTime(known.Timestamp));

    private static bool IsOff(TimeSpan difference) => difference.Duration() > Tolerance;

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "This node's clock differs from the database's by {Seconds:F0} s. It "
            + "decides nothing until they agree")]
    private static partial void Off(ILogger log, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "This node's clock agrees with the database's again")]
    private static partial void RightAgain(ILogger log);

    /// <summary>One answer of the database.</summary>
    /// <param name="database">Its clock.</param>
    /// <param name="timestamp">Of our stopwatch, at the same moment.</param>
    private sealed class Comparison(DateTimeOffset database, long timestamp)
    {
        private int asked;

        public DateTimeOffset Database => database;

        public long Timestamp => timestamp;

        public bool WasOff { get; set; }

        /// <summary>True once, where another comparison might end with another result.</summary>
        public bool WantsAnother() => !WasOff && Interlocked.Exchange(ref asked, 1) == 0;
    }
}
