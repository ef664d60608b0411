using Billing.Domain.Preapprovals;

namespace Billing.Api.Hosting.Outbound;

/// <summary>Guards rules that follow a look-up: they decide on what was seen, or not at all.</summary>
public static class OpenCalls
{
    /// <summary>False when the call was looked up, sent again or settled by another node since it was read.</summary>
    public static bool IsAsSeen(this Preapproval state, OutboundOperation operation, string key, OutboundCall seen) =>
        state.OpenCalls.FirstOrDefault(open => open.Operation == operation && open.Key == key).Call is { } now
        && now.Sends == seen.Sends
        && now.LookUps == seen.LookUps && now.State == seen.State && now.WindowStart == seen.WindowStart;
}
