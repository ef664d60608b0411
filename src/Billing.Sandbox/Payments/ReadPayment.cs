using Billing.Sandbox.Calls;
using Billing.Sandbox.Misbehaving;
using Billing.Sandbox.Operations;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Payments;

/// <summary>GET /v1/payments/{id}.</summary>
internal sealed class ReadPayment(Store store, PaymentShape shape) : IGatewayOperation
{
    public OperationName Name => OperationName.ReadPayment;

    public Subject Subject(Call call)
    {
        if (Find(call) is not { } row)
        {
            return new Subject();
        }

        var preapproval = row.PreapprovalId is { } id ? store.Preapproval(id) : null;
        return new Subject(
            preapproval?.MerchantPreapprovalId, row.MerchantTransactionId, row.PreapprovalId, row.MethodId, row.Amount,
            row.Customer?.Email ?? preapproval?.Customer?.Email);
    }

    public Answer Refuse(Call call, Reason reason) =>
        Find(call) is { } row ? shape.Refusal(StatusCodes.Status400BadRequest, row, [reason]) : Missing(call);

    public Answer Act(Call call, ScenarioRule? rule) =>
        rule?.Action is ScenarioAction.NotFound || Find(call) is not { } row
            ? Missing(call)
            : shape.Answer(StatusCodes.Status200OK, row, rule);

    private Payment? Find(Call call) => call.Id is { } id ? store.Payment(id, call.Site) : null;

    private Answer Missing(Call call) => shape.Refusal(
        StatusCodes.Status404NotFound,
        new Payment { Id = call.Id ?? 0, SiteId = call.Site.Id, ShownSiteId = call.Site.Id },
        [ReturnCode.PaymentInvalid.Plain()]);
}
