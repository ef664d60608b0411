using Billing.Api.Attention.Kinds;

namespace Billing.Api.Attention;

public static class AttentionServices
{
    /// <summary>The list of kinds; those of operators are in Operations.</summary>
    public static void AddAttention(this IServiceCollection services)
    {
        services.AddSingleton<AttentionRows>();
        services.AddSingleton<AttentionList>();
        services.AddSingleton<AttentionEndpoint>();
        services.AddSingleton<AttentionKind, OwnedCharges>();
        services.AddSingleton<AttentionKind, OwnedRefunds>();
        services.AddSingleton<AttentionKind, OwnedMandates>();
        services.AddSingleton<AttentionKind, SuspendedSubscriptions>();
        services.AddSingleton<AttentionKind, RefusedCharges>();
        services.AddSingleton<AttentionKind, MismatchedNotifications>();
        services.AddSingleton<AttentionKind, UnmatchedNotifications>();
        services.AddSingleton<AttentionKind, OpenQuarantine>();
        services.AddSingleton<AttentionKind, OpenDrift>();
        services.AddSingleton<AttentionKind, OpenStrays>();
        services.AddSingleton<AttentionKind, PaidTwice>();
        services.AddSingleton<AttentionKind, OpenDisputes>();
        services.AddSingleton<AttentionKind, OverduePeriods>();
        services.AddSingleton<AttentionKind, OverdueRetries>();
        services.AddSingleton<AttentionKind, LapsingMandates>();
        services.AddSingleton<AttentionKind, LapsedMandates>();
        services.AddSingleton<AttentionKind, UsedMaximums>();
        services.AddSingleton<AttentionKind, PricesOverMaximum>();
        services.AddSingleton<AttentionKind, TooFrequentSchedules>();
    }
}
