using Billing.Sandbox.Calls;
using Billing.Sandbox.Misbehaving;
using Billing.Sandbox.Operations;
using Billing.Sandbox.Preapprovals;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Payments;

/// <summary>GET /v1/preapprovals/{id}/payments: pages of ten, newest first.</summary>
internal sealed class ListPreapprovalPayments(Store store, PaymentShape shape, MissingPreapproval missing)
    : IGatewayOperation
{
    private const int DefaultPageSize = 10;

    public OperationName Name => OperationName.List;

    public Subject Subject(Call call) => Calls.Subject.Of(Find(call));

    public Answer Refuse(Call call, Reason reason) =>
        shape.List([], 0, 1, DefaultPageSize, error: reason.Info ?? reason.Code);

    public Answer Act(Call call, ScenarioRule? rule) => Find(call) is not { } preapproval
        ? missing.Answer(call)
        : Paging.Answer(
            call, rule?.Action is ScenarioAction.NotFound ? [] : store.PaymentsOfPreapproval(preapproval.Id).ToList(),
            DefaultPageSize, shape, rule);

    private Preapproval? Find(Call call) => call.Id is { } id ? store.Preapproval(id, call.Site) : null;
}
