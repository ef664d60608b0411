using Billing.Sandbox.Calls;
using Billing.Sandbox.Misbehaving;
using Billing.Sandbox.Operations;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Preapprovals;

/// <summary>GET /v1/preapprovals?limit=: the newest ones, 50 by default, without paging.</summary>
internal sealed class ListPreapprovals(Store store, PreapprovalShape shape) : IGatewayOperation
{
    private const int DefaultLimit = 50;

    public OperationName Name => OperationName.List;

    public Subject Subject(Call call) => new();

    public Answer Refuse(Call call, Reason reason) => new(
        StatusCodes.Status400BadRequest,
        Json.Object(json =>
        {
            json.WriteStartArray("Preapprovals");
            json.WriteEndArray();
            json.WriteString("Error", reason.Info);
        }),
        $"400 {reason.Code}");

    public Answer Act(Call call, ScenarioRule? rule) =>
        shape.List(
            rule?.Action is ScenarioAction.NotFound
                ? []
                : store.PreapprovalsOf(call.Site.Id)
                    .Take(call.AskedNumber("limit") is { } limit and > 0 ? limit : DefaultLimit),
            rule);
}
