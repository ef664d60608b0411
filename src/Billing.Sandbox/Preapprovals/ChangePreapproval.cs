using Billing.Sandbox.Calls;
using Billing.Sandbox.Misbehaving;
using Billing.Sandbox.Operations;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Preapprovals;

/// <summary>PATCH /v1/preapprovals/{id}: replaces given fields, while the preapproval is Pending or Open.</summary>
internal sealed class ChangePreapproval(
    Store store, Numbers numbers, Methods methods, PreapprovalShape shape,
    MissingPreapproval missing) : IGatewayOperation
{
    public OperationName Name => OperationName.Change;

    public Subject Subject(Call call) => Calls.Subject.Of(Find(call));

    public Answer Refuse(Call call, Reason reason) => Refuse(call, [reason]);

    public Answer Act(Call call, ScenarioRule? rule)
    {
        if (rule?.Action is ScenarioAction.NotFound || Find(call) is not { } row)
        {
            return missing.Answer(call);
        }

        var request = PreapprovalRequest.Read(call);
        var changed = request.Over(row);
        var violations = new Violations();
        if (row.StatusId is not (PreapprovalStatus.Pending or PreapprovalStatus.Open))
        {
            violations.Add(ReturnCode.PreapprovalInvalid.Plain());
        }

        if (!call.Body.Part("Preapproval").IsObject)
        {
            violations.Add(ReturnCode.MissingParameter.Because("Preapproval"));
        }

        request.Check(violations);
        request.Check(methods.Of(row.MethodId), methods, violations);
        if (changed.MerchantPreapprovalId != row.MerchantPreapprovalId)
        {
            violations.Add(ReturnCode.MerchantPreapprovalIdInvalid.Plain());
        }

        if (changed.MethodId != row.MethodId)
        {
            violations.Add(ReturnCode.MethodInvalidForPreapproval.Plain());
        }

        if (violations.Any)
        {
            return Refuse(call, violations.Reasons);
        }

        if (changed.Customer is { Email: { } email } customer)
        {
            changed = changed with { Customer = customer with { Id = numbers.CustomerOf(call.Site.Id, email) } };
        }

        if (changed.BillingAddress is { Id: 0 } address)
        {
            changed = changed with { BillingAddress = address with { Id = numbers.NextAddress() } };
        }

        return shape.Answer(StatusCodes.Status201Created, store.Save(changed), showRedirect: true, rule);
    }

    private Preapproval? Find(Call call) => call.Id is { } id ? store.Preapproval(id, call.Site) : null;

    private Answer Refuse(Call call, IReadOnlyList<Reason> reasons) =>
        Find(call) is { } row
            ? shape.Refusal(StatusCodes.Status400BadRequest, PreapprovalRequest.Read(call).Over(row), reasons)
            : missing.Answer(call);
}
