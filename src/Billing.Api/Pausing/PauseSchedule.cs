using Billing.Domain.Preapprovals;
using Billing.Messaging;

namespace Billing.Api.Pausing;

public sealed record PauseSchedule(string Tenant, Guid PreapprovalId);

public sealed record ResumeSchedule(string Tenant, Guid PreapprovalId);

public static class PauseScheduleHandler
{
    public static Events Handle(PauseSchedule command, Preapproval? state, DateTimeOffset now) => [.. PreapprovalDecider.Pause(state!, now)];

    public static Events Handle(ResumeSchedule command, Preapproval? state, DateTimeOffset now) => [.. PreapprovalDecider.Resume(state!, now)];
}
