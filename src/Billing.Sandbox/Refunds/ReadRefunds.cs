using Billing.Sandbox.Calls;
using Billing.Sandbox.Misbehaving;
using Billing.Sandbox.Operations;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Refunds;

/// <summary>GET /v1/payments/{id}/refunds: all of a payment's refunds, newest first.</summary>
internal sealed class ListRefunds(RefundCalls calls, RefundBook book, RefundShape shape) : IGatewayOperation
{
    public OperationName Name => OperationName.ListRefunds;

    public Subject Subject(Call call) => calls.Subject(call);

    public Answer Refuse(Call call, Reason reason) => calls.Refuse(call, StatusCodes.Status400BadRequest, reason);

    public Answer Act(Call call, ScenarioRule? rule) => calls.Payment(call) is not { } payment
        ? calls.Refuse(call, StatusCodes.Status404NotFound, ReturnCode.PaymentInvalid.Plain())
        : shape.List(rule?.Action is ScenarioAction.NotFound ? [] : book.OfPayment(payment.Id), rule);
}

/// <summary>GET /v1/payments/{id}/refunds/{refundId}.</summary>
internal sealed class ReadRefund(RefundCalls calls, RefundShape shape) : IGatewayOperation
{
    public OperationName Name => OperationName.ReadRefund;

    public Subject Subject(Call call) => calls.Subject(call) with
    {
        MerchantTransactionId = calls.Refund(call)?.MerchantTransactionId,
        Amount = calls.Refund(call)?.Amount
    };

    public Answer Refuse(Call call, Reason reason) => calls.Refuse(call, StatusCodes.Status400BadRequest, reason);

    public Answer Act(Call call, ScenarioRule? rule) =>
        rule?.Action is ScenarioAction.NotFound || calls.Refund(call) is not { } refund
            ? calls.Refuse(
                call, StatusCodes.Status404NotFound,
                (calls.Payment(call) is null ? ReturnCode.PaymentInvalid : ReturnCode.RefundInvalid).Plain())
            : shape.Answer(StatusCodes.Status200OK, refund, rule);
}

/// <summary>What the calls about refunds that are there have in common.</summary>
internal sealed class RefundCalls(Store store, RefundBook book, RefundShape shape)
{
    public Payment? Payment(Call call) => call.Id is { } id ? store.Payment(id, call.Site) : null;

    /// <summary>Null also when it is another payment's.</summary>
    public Refund? Refund(Call call) =>
        Payment(call) is { } payment
            && call.SegmentNumber("refundId") is { } id && book.Find(id) is { } found && found.PaymentId == payment.Id
            ? found
            : null;

    public Subject Subject(Call call)
    {
        var payment = Payment(call);
        var about = Calls.Subject.Of(payment?.PreapprovalId is { } id ? store.Preapproval(id) : null);
        return about with { MethodId = payment?.MethodId };
    }

    public Answer Refuse(Call call, int status, Reason reason) => shape.Refusal(
        status,
        Refund(call) ?? new Refund
        {
            Id = call.SegmentNumber("refundId") ?? 0,
            PaymentId = call.Id ?? 0, SiteId = call.Site.Id, ShownSiteId = call.Site.Id
        },
        [reason]);
}
