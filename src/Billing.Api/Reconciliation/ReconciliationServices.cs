using Billing.Api.Hosting;

namespace Billing.Api.Reconciliation;

public static class ReconciliationServices
{
    public static void AddReconciliation(this IServiceCollection services)
    {
        services.AddSingleton<RunLog>();
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
