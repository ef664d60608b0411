using Billing.Api.Charges;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Outbound;
using Billing.Api.Imports;
using Billing.Api.Mandates;
using Billing.Api.Notifications;
using Billing.Api.Operations.TransparencyLog;
using Billing.Api.PriceChanges;
using Billing.Api.Reconciliation;

namespace Billing.Api;

/// <summary>Table of contents: the recurring work of a node with Jobs__Enabled, safe on many nodes at once.</summary>
public static class Duties
{
    public static void AddDuties(this IServiceCollection services)
    {
        services.AddHostedService(it => it.GetRequiredService<ChargeSweep>());
        services.AddHostedService(it => it.GetRequiredService<ChargeRetries>());
        services.AddHostedService(it => it.GetRequiredService<Resolver>());
        services.AddHostedService(it => it.GetRequiredService<PriceChangeDuty>());
        services.AddHostedService(it => it.GetRequiredService<ImportDuty>());
        services.AddRecurring<Abandonments>("abandon", (duty, ct) => duty.RunOnceAsync(ct));
        services.AddRecurring<NotificationUpkeep>("notifications", (duty, ct) => duty.RunOnceAsync(ct));
        services.AddRecurring<QuarantineUpkeep>(
            "quarantine", (duty, ct) => duty.RunOnceAsync(ct), TimeSpan.FromMinutes(10));
        services.AddRecurring<LogCheckpoints>(
            "checkpoints", (duty, ct) => duty.RunOnceAsync(ct), TimeSpan.FromSeconds(10));
        services.AddRecurring<LateEntryCheck>(
            "late entries", (duty, ct) => duty.RunOnceAsync(ct), TimeSpan.FromMinutes(1));
        services.AddRecurring<ReconciliationSchedule>("reconciliation", (duty, ct) => duty.RunOnceAsync(ct));
    }

    /// <param name="every">Real time between two runs; null: Jobs__IntervalMilliseconds.</param>
    private static void AddRecurring<T>(
        this IServiceCollection services, string name, Func<T, CancellationToken, Task<int>> run,
        TimeSpan? every = null)
        where T : class =>
        services.AddSingleton<IHostedService>(it => new RecurringDuty(
            name, ct => run(it.GetRequiredService<T>(), ct), every ?? it.GetRequiredService<JobsOptions>().Interval,
            it.GetRequiredService<NodeHealth>(), it.GetRequiredService<ILogger<RecurringDuty>>()));
}
