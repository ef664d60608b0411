using System.Text.Json;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Gateway.Calls;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;

namespace Billing.Gateway;

/// <summary>Refunds of payments (docs/globalpay.md).</summary>
internal sealed partial class GlobalPayGateway
{
    private const string Refunds = "v1/payments/{id}/refunds";
    private const string RefundTypes = "v1/payments/{id}/refunds/types";

    public async Task<RefundResult> RefundAsync(RefundOrder order, CancellationToken ct)
    {
        var (amount, violation) = AmountOf(order);
        if (violation is not null)
        {
            // Final: the amount cannot be written on the wire, so nothing was sent.
            return new RefundResult.Refused(violation.Code, Sealed<string>.Of(violation.Message));
        }

        var requestId = options.SendRequestId ? order.Reference : null;
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new RefundRequestEnvelope { Refund = RefundWriter.Request(order, amount) },
            GlobalPayJson.Requests.RefundRequestEnvelope);
        var reply = await caller.SendAsync(
            new Call(order.SiteId, HttpMethod.Post, Refunds, PathOf(Refunds, order.GatewayPaymentId), body, requestId),
            ct);

        return await NotedAsync(
            "refund", order, reply, new RefundResults(order, amount, wireMoney).ToWrite(reply), ct);
    }

    public async Task<RefundResult> FindRefundAsync(RefundOrder order, CancellationToken ct)
    {
        var (amount, violation) = AmountOf(order);

        if (violation is not null)
        {
            logger.Undecided("find_refund", order.SiteId, "amount_not_representable");
            return new RefundResult.Unknown("amount_not_representable");
        }

        var reply = await GetAsync(order.SiteId, Refunds, order.GatewayPaymentId, ct);

        return await NotedAsync(
            "find_refund", order, reply, new RefundResults(order, amount, wireMoney).InList(reply), ct);
    }

    public async Task<IReadOnlyList<RefundSnapshot>?> ListRefundsAsync(
        string siteId, int gatewayPaymentId, CancellationToken ct) =>
        RefundResults.RowsOf(await GetAsync(siteId, Refunds, gatewayPaymentId, ct))?
            .Select(row => RefundReader.Read(row, wireMoney)!).ToList();

    public async Task<IReadOnlyList<RefundType>?> ReadRefundTypesAsync(
        string siteId, int gatewayPaymentId, CancellationToken ct)
    {
        var reply = await GetAsync(siteId, RefundTypes, gatewayPaymentId, ct);

        return reply.IsSuccess && reply.Read(GlobalPayJson.Answers.RefundTypeList)?.RefundTypes is { } types
            && types.All(type => type is { ID: not null })
            ? types.Select(type => new RefundType(
                type.ID!.Value, type.Name, type.AllowsPartialRefund ?? type.AllowPartialRefund, Text(type.Customer),
                Text(type.BillingAddress), Text(type.BankAddress), Text(type.Details))).ToList()
            : null;
    }

    private static string? Text(JsonElement? part) =>
        part is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } given ? given.GetRawText() : null;

    private (long Amount, RuleViolation? Violation) AmountOf(RefundOrder order) =>
        AmountOf(new ChargeOrder(order.SiteId, order.Reference, 0, 0, order.Amount, null, null));

    private async Task<RefundResult> NotedAsync(
        string operation, RefundOrder order, Reply reply, RefundResult answer, CancellationToken ct)
    {
        var asked = new Asked(
            order.SiteId, operation, GatewayPaymentId: order.GatewayPaymentId, RefundReference: order.Reference);
        await NoteAsync(asked, reply, (answer as RefundResult.Unknown)?.Symptom, ct);
        return answer;
    }
}
