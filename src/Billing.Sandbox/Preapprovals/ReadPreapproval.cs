using Billing.Sandbox.Calls;
using Billing.Sandbox.Misbehaving;
using Billing.Sandbox.Operations;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Preapprovals;

/// <summary>GET /v1/preapprovals/{id}. RedirectURL shows only while the customer may still follow it.</summary>
internal sealed class ReadPreapproval(Store store, PreapprovalShape shape, MissingPreapproval missing)
    : IGatewayOperation
{
    public OperationName Name => OperationName.Read;

    public Subject Subject(Call call) => Calls.Subject.Of(Find(call));

    public Answer Refuse(Call call, Reason reason) =>
        Find(call) is { } row ? shape.Refusal(StatusCodes.Status400BadRequest, row, [reason]) : missing.Answer(call);

    public Answer Act(Call call, ScenarioRule? rule) =>
        rule?.Action is ScenarioAction.NotFound || Find(call) is not { } row
            ? missing.Answer(call)
            : shape.Answer(StatusCodes.Status200OK, row, showRedirect: row.StatusId == PreapprovalStatus.Pending, rule);

    private Preapproval? Find(Call call) => call.Id is { } id ? store.Preapproval(id, call.Site) : null;
}
