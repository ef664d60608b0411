using Billing.Sandbox.Calls;
using Billing.Sandbox.Clock;
using Billing.Sandbox.Ledger;
using Billing.Sandbox.Misbehaving;
using Billing.Sandbox.Operations;
using Billing.Sandbox.Payments;
using Billing.Sandbox.Preapprovals;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Refunds;

/// <summary>POST /v1/payments/{id}/refunds: the answer is Open; the result comes later, by notification.</summary>
internal sealed class CreateRefund(
    Store store, RefundBook book, RefundTypes types, Numbers numbers, SandboxClock clock, Methods methods,
    RefundShape shape, Refunding refunding, ChargeLedger ledger, SandboxSettings settings) : IGatewayOperation
{
    public OperationName Name => OperationName.Refund;

    public void Arrived(Call call)
    {
        if (Payment(call) is { } payment)
        {
            var request = RefundRequest.Read(call);
            ledger.Note(
                payment, "refund_received",
                $"{request.MerchantTransactionId}, {request.Hundredths} {payment.Currency}");
        }
    }

    public void Answered(Call call, string says)
    {
        if (Payment(call) is { } payment)
        {
            ledger.Note(payment, "refund_answered", $"{RefundRequest.Read(call).MerchantTransactionId}, {says}");
        }
    }

    public Subject Subject(Call call)
    {
        var (request, payment) = (RefundRequest.Read(call), Payment(call));
        var about = Calls.Subject.Of(payment?.PreapprovalId is { } id ? store.Preapproval(id) : null);
        return about with
        {
            MerchantTransactionId = request.MerchantTransactionId,
            MethodId = payment?.MethodId,
            Amount = request.Hundredths
        };
    }

    public Answer Refuse(Call call, Reason reason) => Refuse(call, StatusCodes.Status400BadRequest, [reason]);

    public Answer Act(Call call, ScenarioRule? rule)
    {
        if (Payment(call) is not { } payment)
        {
            return Refuse(call, StatusCodes.Status404NotFound, [ReturnCode.PaymentInvalid.Plain()]);
        }

        var violations = Violations(call, payment);
        if (violations.Any)
        {
            return Refuse(call, StatusCodes.Status400BadRequest, violations.Reasons);
        }

        var refund = book.Save(NewRow(call, payment, rule));
        var answer = shape.Answer(StatusCodes.Status201Created, refund, rule);
        var later = Later(methods.Of(payment.MethodId), rule);
        if (rule?.Action is ScenarioAction.NotifyFirst)
        {
            return answer with { After = refunding.Settle(refund, later.StatusId, later.Reason).Acknowledged };
        }

        refunding.FollowUp(refund, later);
        return answer;
    }

    private Violations Violations(Call call, Payment payment)
    {
        var violations = new Violations();
        var request = RefundRequest.Read(call);
        var type = types.Of(payment.MethodId);
        request.Check(violations);
        request.Check(type, violations);
        if (violations.Any)
        {
            return violations;
        }

        var left = PostPaymentStatus.Paid(payment) - book.Reserved(payment.Id);
        if (settings.Dedupe && book.KnowsTransaction(call.Site.Id, request.MerchantTransactionId!))
        {
            violations.Add(ReturnCode.TransactionIdDuplicated.Plain());
        }
        else if (!PostPaymentStatus.IsPaid(payment.StatusId))
        {
            violations.Add(ReturnCode.PaymentInvalid.Plain());
        }
        else if (request.Hundredths > left)
        {
            violations.Add(ReturnCode.AmountInvalid.Plain());
        }
        else if (!type.AllowsPartialRefund && request.Hundredths != PostPaymentStatus.Paid(payment))
        {
            violations.Add(ReturnCode.RefundInvalid.Because("a part of a payment is not refunded"));
        }

        return violations;
    }

    private Refund NewRow(Call call, Payment payment, ScenarioRule? rule)
    {
        var row = RefundRequest.Read(call).Row(call, payment);
        return row with
        {
            Id = book.NextId,
            Created = clock.Stamp,
            TypeId = types.Of(payment.MethodId).Id,
            StatusId = PaymentStatus.Open,
            Customer = row.Customer is { Email: { } email } customer
                ? customer with { Id = numbers.CustomerOf(call.Site.Id, email) }
                : row.Customer,
            BillingAddress = row.BillingAddress is { } address ? address with { Id = numbers.NextAddress() } : null,
            BankAddress = row.BankAddress is { } bank ? bank with { Id = numbers.NextAddress() } : null,
            Fate = Approving.FateOf(rule),
        };
    }

    // The documents' failed refund says no reason; a rule may give one.
    private static LaterStatus Later(Method method, ScenarioRule? rule)
    {
        var days = rule?.AfterDays ?? method.RefundsAfterDays;
        return rule?.Action is ScenarioAction.Decline or ScenarioAction.PendingThenFailure
            ? new LaterStatus(
                PaymentStatus.Failed,
                rule.Code is null && rule.Info is null ? null : rule.Reason((int)ReturnCode.RefundInvalid), days)
            : new LaterStatus(PaymentStatus.Success, null, days);
    }

    private Payment? Payment(Call call) => call.Id is { } id ? store.Payment(id, call.Site) : null;

    private Answer Refuse(Call call, int status, IReadOnlyList<Reason> reasons)
    {
        var payment = Payment(call);
        var echo = RefundRequest.Read(call).Row(call, payment) with
        {
            TypeId = payment is null ? 0 : types.Of(payment.MethodId).Id,
        };
        return shape.Refusal(status, echo, reasons);
    }
}
