using System.Diagnostics.Metrics;
using Billing.Messaging;
using Npgsql;

namespace Billing.Api.Health;

/// <summary>Silence is an event: tells what should have happened and has not, in a gauge, in the log and in readiness.</summary>
/// <remarks>No job of the scheduler, and on nodes without jobs too: what watches the jobs must not stop with them.</remarks>
public sealed partial class Watchdog : BackgroundService
{
    public const string MeterName = "Billing";

    // Of the jobs' interval, and never more often than that: what is overdue is so for minutes.
    private const int Runs = 3;
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(1);

    private readonly NpgsqlDataSource books;
    private readonly MessageBus bus;
    private readonly DueProofs proofs;
    private readonly Settings settings;
    private readonly TimeProvider clock;
    private readonly ILogger<Watchdog> log;
    private readonly Meter meter;
    private volatile Overdue? seen;
    private IReadOnlyList<string> told = [];

    public Watchdog(NpgsqlDataSource books, MessageBus bus, DueProofs proofs, Settings settings, TimeProvider clock, IMeterFactory meters, ILogger<Watchdog> log)
    {
        (this.books, this.bus, this.proofs, this.settings, this.clock, this.log) = (books, bus, proofs, settings, clock, log);
        meter = meters.Create(MeterName);
        meter.CreateObservableGauge("billing.overdue", Measured, "{instant}", "What should have happened by now and has not, by kind.");
    }

    /// <summary>Looks now, whatever the last run has seen.</summary>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public Task<Overdue> AskAsync(CancellationToken ct) => Overdue.AskAsync(books, bus, clock.GetUtcNow() - settings.OverdueAfter, proofs.Contradictions, ct);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken);
                await Task.Delay(settings.JobInterval * Runs > LeastPause ? settings.JobInterval * Runs : LeastPause, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    public override void Dispose()
    {
        meter.Dispose();
        base.Dispose();
    }

    private async Task LookAsync(CancellationToken ct)
    {
        try
        {
            await proofs.RunOnceAsync(ct);
            var now = await AskAsync(ct);

            // Said when it lasts from one look to the next, and when it changes: what waited for another charge is due the moment that this one is settled.
            foreach (var sentence in seen is { IsNothing: false } ? now.NextSteps.Except(told) : [])
            {
                Late(log, sentence);
            }

            (told, seen) = (seen is { IsNothing: false } ? now.NextSteps : [], now);
        }
        catch (NpgsqlException e)
        {
            Blind(log, e.SqlState ?? e.GetType().Name);
        }
    }

    // Nothing is measured before the first look: a zero that nobody has counted would be a lie.
    private IEnumerable<Measurement<long>> Measured() => seen is not { } last ? [] :
    [
        Of("decisions", last.Decisions), Of("look_ups", last.LookUps), Of("of_nobody", last.OfNobody), Of("messages", last.Messages), Of("contradictions", last.Contradictions),
    ];

    private static Measurement<long> Of(string kind, long count) => new(count, new KeyValuePair<string, object?>("kind", kind));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Overdue: {Sentence}")]
    private static partial void Late(ILogger log, string sentence);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The watchdog cannot look: the database did not answer ({Fault})")]
    private static partial void Blind(ILogger log, string fault);
}
