using Billing.Sandbox.Calls;
using Billing.Sandbox.Misbehaving;
using Billing.Sandbox.Operations;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Preapprovals;

/// <summary>DELETE /v1/preapprovals/{id}: closed for good, and answered the same when repeated.</summary>
internal sealed class ClosePreapproval(
    Store store, PreapprovalShape shape, MissingPreapproval missing, Approving approving,
    SandboxSettings settings) : IGatewayOperation
{
    public OperationName Name => OperationName.Close;

    public Subject Subject(Call call) => Calls.Subject.Of(Find(call));

    public Answer Refuse(Call call, Reason reason) =>
        Find(call) is { } row ? shape.Refusal(StatusCodes.Status400BadRequest, row, [reason]) : missing.Answer(call);

    public Answer Act(Call call, ScenarioRule? rule)
    {
        if (rule?.Action is ScenarioAction.NotFound || Find(call) is not { } row)
        {
            return missing.Answer(call);
        }

        if (row.StatusId != PreapprovalStatus.ClosedByCustomer)
        {
            row = approving.Close(row with { Fate = Approving.FateOf(rule) }, notify: settings.NotifyOnDelete);
        }

        return shape.Answer(StatusCodes.Status200OK, row, showRedirect: false, rule);
    }

    private Preapproval? Find(Call call) => call.Id is { } id ? store.Preapproval(id, call.Site) : null;
}
