using Billing.Api.Charges;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Outbound;
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
    public static void UseBillingMessages(this IHostBuilder host, IServiceProvider settings) =>
        host.UseWolverine(options => Configure(
            options, settings.GetRequiredService<ChargingOptions>(), settings.GetRequiredService<JobsOptions>(),
            settings.GetRequiredService<SandboxOptions>()));

    private static void Configure(
        WolverineOptions options, ChargingOptions charging, JobsOptions jobs, SandboxOptions sandbox)
    {
        options.ApplicationAssembly = typeof(MessagingConfiguration).Assembly;
        options.ServiceName = "billing";
        options.Policies.AutoApplyTransactions();
        options.Policies.UseDurableLocalQueues();

        // Each page holds at least one reserved call: none waits behind a page that has a slow one.
        options.LocalQueueFor<SubmitCharges>().MaximumParallelMessages(charging.MaxInFlight);
        options.LocalQueueFor<ApplyNotifications>().MaximumParallelMessages(NotificationMessages.Parallel);
        options.CodeGeneration.TypeLoadMode = TypeLoadMode.Auto;
        options.UseRuntimeCompilation();
        options.DefaultExecutionTimeout = 10.Minutes();
        options.EnableRelayOfUserName = true;
        Durability(options.Durability, sandbox.Enabled);
        Retries(options, jobs.RetryWaits);
    }

    // A node that was killed is recovered from within 30 seconds. A message of a live node is handled again when the
    // database crashed between its commit and the answer: no memory holds it. A second SubmitCharges sends nothing
    // again.
    private static void Durability(DurabilitySettings durability, bool isSandbox)
    {
        durability.Mode = DurabilityMode.Balanced;
        durability.NodeAssignmentHealthCheckTracingEnabled = false;
        durability.HealthCheckPollingTime = isSandbox ? 1.Seconds() : 5.Seconds();
        durability.StaleNodeTimeout = isSandbox ? 6.Seconds() : 20.Seconds();
        durability.InboxStaleTime = isSandbox ? 10.Seconds() : 2.Minutes();
    }

    private static void Retries(WolverineOptions options, TimeSpan[] waits)
    {
        options.Policies.OnException(DatabaseErrors.IsTransient)
            .RetryWithCooldown(20.Milliseconds(), 100.Milliseconds(), 500.Milliseconds())
            .Then.ScheduleRetry(waits)
            .Then.MoveToErrorQueue();
        options.Policies.OnException<TimeoutException>()
            .ScheduleRetry(waits).Then.MoveToErrorQueue();
    }
}
