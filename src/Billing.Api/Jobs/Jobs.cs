using Billing.Api.Abandoning;
using Billing.Api.Charging;
using Billing.Api.Comparing;
using Billing.Api.Notifying;
using Billing.Api.Parking;
using Billing.Api.Resolving;
using Npgsql;
using Quartz;

namespace Billing.Api.Jobs;

// Triggers only: each duty is a class of its own with RunOnceAsync, safe on many nodes at once because the database decides
// who does what. The sender is no job: it is the message pump, a polling loop with back-off.

/// <summary>Finds what is due.</summary>
[DisallowConcurrentExecution]
public sealed class SweepJob(Sweep sweep, ILogger<SweepJob> log) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await Duty.RunAsync(sweep.RunOnceAsync, "sweep", log, cancellationToken);
}

/// <summary>Finds what is unknown and due to be asked about.</summary>
[DisallowConcurrentExecution]
public sealed class ResolveJob(Resolver resolver, ILogger<ResolveJob> log) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await Duty.RunAsync(resolver.RunOnceAsync, "resolve", log, cancellationToken);
}

/// <summary>Finds preapprovals whose customers never answered.</summary>
[DisallowConcurrentExecution]
public sealed class AbandonJob(Abandonments abandonments, ILogger<AbandonJob> log) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await Duty.RunAsync(abandonments.RunOnceAsync, "abandon", log, cancellationToken);
}

/// <summary>Finds notifications that fit by now, or that the gateway is to be asked about again.</summary>
[DisallowConcurrentExecution]
public sealed class NotificationJob(NotificationUpkeep notifications, RefundMail refunds, Settings settings, ILogger<NotificationJob> log) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        await Duty.RunAsync(ct => notifications.RunOnceAsync(settings.KeepUnmatched, ct), "notifications", log, cancellationToken);
        await Duty.RunAsync(refunds.RunOnceAsync, "notifications of refunds", log, cancellationToken);
    }
}

/// <summary>Compares the books with the gateway, once a night and site.</summary>
[DisallowConcurrentExecution]
public sealed class DriftJob(NightlyWalk walk, IHostApplicationLifetime life, ILogger<DriftJob> log) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await Duty.RunAsync(UntilStoppedAsync, "drift", log, life.ApplicationStopping);

    // A walk takes hours: a stop leaves it where it is, for the next node to go on with.
    private async Task<int> UntilStoppedAsync(CancellationToken stopping)
    {
        try
        {
            return await walk.RunOnceAsync(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return 0;
        }
    }
}

/// <summary>Lets go of answers that did not fit and were kept long enough.</summary>
[DisallowConcurrentExecution]
public sealed class AnswerJob(AnswerLog answers, Settings settings, ILogger<AnswerJob> log) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
        await Duty.RunAsync(ct => answers.RunOnceAsync(settings.KeepAnswers, ct), "answers", log, cancellationToken);
}

internal static partial class Duty
{
    /// <summary>A database that is away is said once per run and tried again at the next.</summary>
    public static async Task RunAsync(Func<CancellationToken, Task<int>> duty, string name, ILogger log, CancellationToken ct)
    {
        try
        {
            var found = await duty(ct);

            if (found > 0)
            {
                Found(log, name, found);
            }
        }
        catch (NpgsqlException e) when (e.IsTransient || e is not PostgresException)
        {
            Failed(log, name, e.SqlState ?? e.GetType().Name);
        }
        catch (PostgresException e)
        {
            Broken(log, name, e.SqlState);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Duty}: {Found} found")]
    private static partial void Found(ILogger log, string duty, int found);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Duty}: the database refuses the statement ({SqlState}): this duty is not done until that is mended")]
    private static partial void Broken(ILogger log, string duty, string sqlState);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Duty}: the database did not answer ({Fault}); tried again at the next run")]
    private static partial void Failed(ILogger log, string duty, string fault);
}
