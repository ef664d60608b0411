using System.Security.Cryptography;
using Billing.Sandbox.Calls;
using Billing.Sandbox.Clock;
using Billing.Sandbox.Misbehaving;
using Billing.Sandbox.Operations;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Preapprovals;

/// <summary>POST /v1/preapprovals: a Pending preapproval and the page where its customer approves it.</summary>
internal sealed class CreatePreapproval(
    Store store, Numbers numbers, SandboxClock clock, Methods methods, PreapprovalShape shape, Approving approving,
    SandboxSettings settings) : IGatewayOperation
{
    public OperationName Name => OperationName.Create;

    public Subject Subject(Call call)
    {
        var request = Echo(call);
        return new Subject(
            request.MerchantPreapprovalId, null, null, request.MethodId, request.MaximumAmount,
            request.Customer?.Email);
    }

    public Answer Refuse(Call call, Reason reason) =>
        shape.Refusal(StatusCodes.Status400BadRequest, Echo(call), [reason]);

    public Answer Act(Call call, ScenarioRule? rule)
    {
        var echo = Echo(call);
        var violations = Violations(call, echo);
        if (violations.Any)
        {
            return shape.Refusal(StatusCodes.Status400BadRequest, echo, violations.Reasons);
        }

        var row = store.Save(Row(call, echo, rule));
        var answer = shape.Answer(StatusCodes.Status201Created, row, showRedirect: true, rule);
        return rule?.Action is ScenarioAction.NotifyFirst
            ? answer with { After = approving.Approve(row)?.Acknowledged }
            : answer;
    }

    private Violations Violations(Call call, Preapproval echo)
    {
        var violations = new Violations();
        var request = PreapprovalRequest.Read(call);
        var method = methods.Of(echo.MethodId);
        request.CheckPresence(method, violations);
        request.Check(violations);
        request.Check(method, methods, violations);
        if (request.MerchantPreapprovalId is { } id && store.PreapprovalByMerchantId(call.Site.Id, id) is not null)
        {
            violations.Add(ReturnCode.MerchantPreapprovalIdDuplicated.Plain());
        }

        if (echo.MethodId is not null && methods.Find(echo.MethodId) is null)
        {
            violations.Add(ReturnCode.MethodInvalidForPreapproval.Plain());
        }

        return violations;
    }

    private Preapproval Row(Call call, Preapproval echo, ScenarioRule? rule)
    {
        var landing = numbers.NextLanding();
        var hash = RandomNumberGenerator.GetHexString(32);
        return echo with
        {
            Id = numbers.NextPreapproval(),
            Created = clock.Stamp,
            Customer = echo.Customer! with { Id = numbers.CustomerOf(call.Site.Id, echo.Customer.Email!) },
            BillingAddress = echo.BillingAddress! with { Id = numbers.NextAddress() },
            StatusId = PreapprovalStatus.Pending,
            LandingId = landing,
            LandingHash = hash,
            RedirectUrl = $"{settings.PublicAddress ?? call.Origin}{methods.Of(echo.MethodId).LandingPath}"
                + $"?ID={landing}&Hash={hash}",
            Fate = Approving.FateOf(rule),
        };
    }

    private Preapproval Echo(Call call)
    {
        var request = PreapprovalRequest.Read(call);
        var echo = request.Over(new Preapproval { SiteId = call.Site.Id, ShownSiteId = call.Site.Id });
        return echo with
        {
            ShownSiteId = methods.Of(echo.MethodId).ShownSiteId ?? call.Site.Id,
            Customer = echo.Customer is { } customer ? customer with { Id = 0 } : null,
            BillingAddress = echo.BillingAddress is { } address ? address with { Id = 0 } : null,
        };
    }
}
