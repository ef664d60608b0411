using Billing.Sandbox.Calls;
using Billing.Sandbox.Clock;
using Billing.Sandbox.Ledger;
using Billing.Sandbox.Misbehaving;
using Billing.Sandbox.Operations;
using Billing.Sandbox.Preapprovals;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Payments;

/// <summary>POST /v1/payments/recurrent: money, the reason for everything else.</summary>
internal sealed class ChargePreapproval(
    Store store, Numbers numbers, SandboxClock clock, Methods methods, PaymentShape shape, Settlement settlement,
    ChargeLedger ledger, SandboxSettings settings) : IGatewayOperation
{
    public OperationName Name => OperationName.Charge;

    public void Arrived(Call call)
    {
        var request = PaymentRequest.Read(call);
        if (request.MerchantTransactionId is { } id)
        {
            ledger.Received(call.Site.Id, id, request.Preapproval, request.Hundredths, request.Currency);
        }
    }

    public void Answered(Call call, string says)
    {
        if (PaymentRequest.Read(call).MerchantTransactionId is { } id)
        {
            ledger.Answered(call.Site.Id, id, says);
        }
    }

    public Subject Subject(Call call)
    {
        var request = PaymentRequest.Read(call);
        var about = Calls.Subject.Of(Preapproval(call, request));
        return about with
        {
            MerchantTransactionId = request.MerchantTransactionId,
            PreapprovalId = request.Preapproval,
            Amount = request.Hundredths,
            Email = request.Customer?.Email ?? about.Email,
        };
    }

    public Answer Refuse(Call call, Reason reason)
    {
        var request = PaymentRequest.Read(call);
        return shape.Refusal(
            StatusCodes.Status400BadRequest, request.Row(call, Preapproval(call, request), methods), [reason]);
    }

    public Answer Act(Call call, ScenarioRule? rule)
    {
        var request = PaymentRequest.Read(call);
        var preapproval = Preapproval(call, request);
        var violations = Violations(call, request, preapproval);
        if (violations.Any)
        {
            return shape.Refusal(
                StatusCodes.Status400BadRequest, request.Row(call, preapproval, methods), violations.Reasons);
        }

        var course = Course.Of(methods.Of(preapproval!.MethodId), rule, request.DaysToExecution(clock.Now));
        var payment = settlement.Move(NewRow(call, request, preapproval, rule), course.StatusId, course.Reason);
        var answer = shape.Answer(StatusCodes.Status201Created, payment, rule);
        if (rule?.Action is ScenarioAction.NotifyFirst)
        {
            var ended = course.Later is { } later ? settlement.Move(payment, later.StatusId, later.Reason) : payment;
            return answer with { After = settlement.Announce(ended).Acknowledged };
        }

        settlement.FollowUp(payment, course);
        return answer;
    }

    private Violations Violations(Call call, PaymentRequest request, Preapproval? preapproval)
    {
        var violations = new Violations();
        request.Check(violations);
        if (violations.Any)
        {
            return violations;
        }

        var row = request.Row(call, preapproval, methods);
        var method = methods.Of(row.MethodId);
        if (settings.Dedupe && store.KnowsTransaction(call.Site.Id, request.MerchantTransactionId!))
        {
            violations.Add(ReturnCode.TransactionIdDuplicated.Plain());
        }
        else if (preapproval?.StatusId is not PreapprovalStatus.Open)
        {
            violations.Add(ReturnCode.PreapprovalInvalid.Plain());
        }
        else if (request.MethodId is { } named && named != $"{row.MethodId}")
        {
            violations.Add(ReturnCode.MethodInvalid.Plain());
        }
        else if (!methods.Takes(method, row.Currency))
        {
            violations.Add(ReturnCode.CurrencyInvalid.Plain());
        }
        else if (!methods.Serves(method, row.BillingAddress?.Country))
        {
            violations.Add(ReturnCode.CountryNotServed.Plain());
        }
        else if (method.CapsTheAggregate
            && preapproval.MaximumAmount is { } cap && Aggregate(preapproval) + row.Amount > cap)
        {
            violations.Add(ReturnCode.PreapprovedPaymentInvalid.Plain());
        }
        else
        {
            request.Check(method, violations);
        }

        return violations;
    }

    private long Aggregate(Preapproval preapproval) =>
        store.PaymentsOfPreapproval(preapproval.Id).Where(p => !PaymentStatus.IsFailure(p.StatusId))
            .Sum(p => p.Amount ?? 0);

    private Payment NewRow(Call call, PaymentRequest request, Preapproval preapproval, ScenarioRule? rule)
    {
        var row = request.Row(call, preapproval, methods);
        return row with
        {
            Id = numbers.NextPayment(),
            Created = clock.Stamp,
            StatusId = PaymentStatus.Open,
            Customer = row.Customer is { } customer
                ? customer with
                {
                    Id = customer.Email is { } email
                        ? numbers.CustomerOf(call.Site.Id, email)
                        : preapproval.Customer?.Id ?? 0,
                }
                : null,
            BillingAddress = row.BillingAddress is { } address ? address with { Id = numbers.NextAddress() } : null,
            Fate = Approving.FateOf(rule),
        };
    }

    private Preapproval? Preapproval(Call call, PaymentRequest request) =>
        request.Preapproval is { } id ? store.Preapproval(id, call.Site) : null;
}
