using Billing.Api.Charges;
using Billing.Api.Hosting;
using Billing.Api.Notifications;
using JasperFx.CodeGeneration;
using JasperFx.CodeGeneration.Model;
using JasperFx.Core;
using Wolverine;
using Wolverine.ErrorHandling;

namespace Billing.Api;

/// <summary>Wolverine: handlers, durable messages, retries and recovery.</summary>
public static class MessagingConfiguration
{
    public static void UseBillingMessages(this IHostBuilder host, Settings settings) => host.UseWolverine(options =>
    {
        options.ApplicationAssembly = typeof(MessagingConfiguration).Assembly;
        options.ServiceName = "billing";
        options.Policies.AutoApplyTransactions();
        options.Policies.UseDurableLocalQueues();

        // Each page holds at least one reserved call: none waits behind a page that has a slow one.
        options.LocalQueueFor<SubmitCharges>().MaximumParallelMessages(settings.MaxInFlight);
        options.LocalQueueFor<ApplyNotifications>().MaximumParallelMessages(NotificationMessages.Parallel);
        options.CodeGeneration.TypeLoadMode = TypeLoadMode.Auto;
        options.UseRuntimeCompilation();
        options.DefaultExecutionTimeout = 10.Minutes();
        options.EnableRelayOfUserName = true;
        Durability(options.Durability, settings);
        Retries(options, settings);
    });

    // A node that was killed is recovered from within 30 seconds. A message of a live node is handled again when the
    // database crashed between its commit and the answer: no memory holds it. A second SubmitCharges sends nothing
    // again.
    private static void Durability(DurabilitySettings durability, Settings settings)
    {
        durability.Mode = DurabilityMode.Balanced;
        durability.NodeAssignmentHealthCheckTracingEnabled = false;
        durability.HealthCheckPollingTime = settings.IsSandbox ? 1.Seconds() : 5.Seconds();
        durability.StaleNodeTimeout = settings.IsSandbox ? 6.Seconds() : 20.Seconds();
        durability.InboxStaleTime = settings.IsSandbox ? 10.Seconds() : 2.Minutes();
    }

    private static void Retries(WolverineOptions options, Settings settings)
    {
        options.Policies.OnException(DatabaseErrors.IsTransient)
            .RetryWithCooldown(20.Milliseconds(), 100.Milliseconds(), 500.Milliseconds())
            .Then.ScheduleRetry([.. settings.RetryWaits])
            .Then.MoveToErrorQueue();
        options.Policies.OnException<TimeoutException>()
            .ScheduleRetry([.. settings.RetryWaits]).Then.MoveToErrorQueue();
    }
}
