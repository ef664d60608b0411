using Billing.Sandbox.Calls;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Preapprovals;

/// <summary>The 404 of a preapproval that is not there, or not this site's.</summary>
internal sealed class MissingPreapproval(PreapprovalShape shape)
{
    public Answer Answer(Call call) => shape.Refusal(
        StatusCodes.Status404NotFound,
        new Preapproval { Id = call.Id ?? 0, SiteId = call.Site.Id, ShownSiteId = call.Site.Id },
        [ReturnCode.PreapprovalInvalid.Plain()]);
}
