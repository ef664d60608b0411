using Billing.Sandbox.Calls;
using Billing.Sandbox.Misbehaving;
using Billing.Sandbox.Operations;
using Billing.Sandbox.Preapprovals;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Payments;

/// <summary>
/// POST /v1/payments/{id}/capture[?amount=N]: captures an authorized amount or part of it; else code 17.
/// </summary>
internal sealed class CapturePayment(AuthorizedPayments payments, Settlement settlement, PaymentShape shape)
    : IGatewayOperation
{
    private const int PartiallyCaptured = 35;

    public OperationName Name => OperationName.Capture;

    public Subject Subject(Call call) => payments.Subject(call);

    public Answer Refuse(Call call, Reason reason) => payments.Refuse(call, reason);

    public Answer Act(Call call, ScenarioRule? rule)
    {
        if (payments.Find(call) is not { StatusId: AuthorizedPayments.Authorized } payment)
        {
            return payments.Refuse(call, ReturnCode.PaymentInvalid.Plain());
        }

        var asked = call.Asked("amount") is null ? payment.Amount : call.AskedAmount("amount");
        if (asked is null or < 1 || asked > payment.Amount)
        {
            return payments.Refuse(call, ReturnCode.AmountInvalid.Plain());
        }

        var isAll = asked == payment.Amount;
        var captured = settlement.Move(
            payment with { CapturedAmount = isAll ? null : asked, Fate = Approving.FateOf(rule) },
            isAll ? PaymentStatus.Success : PartiallyCaptured, null);
        var answer = shape.Answer(StatusCodes.Status200OK, captured, rule);
        settlement.Announce(captured);
        return answer;
    }
}

/// <summary>POST /v1/payments/{id}/cancel: releases an authorized amount; else code 17.</summary>
internal sealed class CancelPayment(AuthorizedPayments payments, Settlement settlement, PaymentShape shape)
    : IGatewayOperation
{
    private const int Cancelled = 3;

    public OperationName Name => OperationName.Cancel;

    public Subject Subject(Call call) => payments.Subject(call);

    public Answer Refuse(Call call, Reason reason) => payments.Refuse(call, reason);

    public Answer Act(Call call, ScenarioRule? rule)
    {
        if (payments.Find(call) is not { StatusId: AuthorizedPayments.Authorized } payment)
        {
            return payments.Refuse(call, ReturnCode.PaymentInvalid.Plain());
        }

        var cancelled = settlement.Move(payment with { Fate = Approving.FateOf(rule) }, Cancelled, null);
        var answer = shape.Answer(StatusCodes.Status200OK, cancelled, rule);
        settlement.Announce(cancelled);
        return answer;
    }
}

/// <summary>
/// Shared by capture and cancel. No method here authorizes: such a payment comes from a fixture or status tool.
/// </summary>
internal sealed class AuthorizedPayments(ReadPayment read, Store store, PaymentShape shape)
{
    public const int Authorized = 9;

    public Payment? Find(Call call) => call.Id is { } id ? store.Payment(id, call.Site) : null;

    public Subject Subject(Call call) => read.Subject(call);

    /// <summary>404 where there is no such payment, else 400; the payment as it is, without its status.</summary>
    public Answer Refuse(Call call, Reason reason) =>
        Find(call) is { } payment
            ? shape.Refusal(StatusCodes.Status400BadRequest, payment, [reason])
            : read.Refuse(call, ReturnCode.PaymentInvalid.Plain());
}
