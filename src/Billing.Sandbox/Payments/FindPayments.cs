using Billing.Sandbox.Calls;
using Billing.Sandbox.Ledger;
using Billing.Sandbox.Misbehaving;
using Billing.Sandbox.Operations;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Payments;

/// <summary>GET /v1/payments with its filters: the only way to ask what became of a MerchantTransactionID.</summary>
internal sealed class FindPayments(Store store, PaymentShape shape, ChargeLedger ledger) : IGatewayOperation
{
    private const int DefaultPageSize = 50;

    public OperationName Name => OperationName.Find;

    public void Arrived(Call call)
    {
        if (call.Asked("merchantTransactionID") is { } id)
        {
            ledger.LookedUp(call.Site.Id, id);
        }
    }

    public Subject Subject(Call call)
    {
        var id = call.Asked("merchantTransactionID");
        var row = id is null ? null : store.PaymentsOfTransaction(call.Site.Id, id).FirstOrDefault();
        var about =
            Calls.Subject.Of(row?.PreapprovalId is { } preapproval ? store.Preapproval(preapproval) : null);
        return about with { MerchantTransactionId = id, Amount = row?.Amount };
    }

    public Answer Refuse(Call call, Reason reason) =>
        shape.List([], 0, 1, DefaultPageSize, error: reason.Info ?? reason.Code);

    public Answer Act(Call call, ScenarioRule? rule)
    {
        var candidates = call.Asked("merchantTransactionID") is { } id
            ? store.PaymentsOfTransaction(call.Site.Id, id)
            : store.PaymentsOf(call.Site.Id);
        var found = rule?.Action is ScenarioAction.NotFound ? [] : PaymentFilter.Apply(call, candidates, store);
        return Paging.Answer(call, found.ToList(), DefaultPageSize, shape, rule);
    }
}

/// <summary>Cuts a list into the page that was asked for; pages count from 1.</summary>
internal static class Paging
{
    private const int LargestPage = 1000;

    public static Answer Answer(Call call, List<Payment> found, int defaultSize, PaymentShape shape, ScenarioRule? rule)
    {
        var size = Math.Clamp(call.AskedNumber("pageSize") is { } asked and > 0 ? asked : defaultSize, 1, LargestPage);
        var index = Math.Max(1, call.AskedNumber("pageIndex") ?? 1);
        var page = found.Skip((int)Math.Min(int.MaxValue, (index - 1L) * size)).Take(size).ToList();
        return shape.List(page, found.Count, index, size, rule);
    }
}
