using Billing.Api.Hosting;

namespace Billing.Api.Reconciliation;

public static class ReconciliationServices
{
    /// <exception cref="SettingException">A setting under Drift is wrong.</exception>
    public static void AddReconciliation(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(
            it => ReconciliationSettings.Read(configuration, it.GetRequiredService<Settings>().IsSandbox));
        services.AddSingleton<RunLog>();
        services.AddSingleton<RunLock>();
        services.AddSingleton<ComparedPayments>();
        services.AddSingleton<Strays>();
        services.AddSingleton<OpenDifferences>();
        services.AddSingleton<FindingRecorder>();
        services.AddSingleton<PreapprovalSteps>();
        services.AddSingleton<PaymentSteps>();
        services.AddSingleton<LostCharges>();
        services.AddSingleton<Reconciler>();
        services.AddSingleton<ReconciliationSchedule>();
    }
}
