using Billing.Api.Attention;
using Billing.Api.Operations.Audit;
using Billing.Api.Operations.TransparencyLog;

namespace Billing.Api.Operations;

public static class OperationServices
{
    public static void AddOperations(this IServiceCollection services)
    {
        services.AddSingleton<LogWriter>();
        services.AddSingleton<LogCheckpoints>();
        services.AddSingleton<LateEntryCheck>();
        services.AddSingleton<LogMonitor>();
        services.AddSingleton<FeedReader>();
        services.AddSingleton<DueProofs>();
        services.AddSingleton<Watchdog>();
        services.AddSingleton<DeadLetters>();
        services.AddSingleton<AttentionKind, WaitingDeadLetters>();
        services.AddSingleton<AttentionKind, LogAlarms>();
        services.AddSingleton<OperatorDecisions>();
        services.AddSingleton<ArchiveClosed>();
        services.AddSingleton<LogAudit>();
        services.AddSingleton<TreeAudit>();
        services.AddSingleton<Auditor>();
        services.AddSingleton<ViewRebuilder>();
    }
}
