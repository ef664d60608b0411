using System.Text.Json;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Gateway.Calls;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;

namespace Billing.Gateway;

/// <summary>Refunds of payments (GLOBALPAY.md section 10).</summary>
internal sealed partial class GlobalPayGateway
{
    private const string Refunds = "v1/payments/{id}/refunds";
    private const string RefundTypes = "v1/payments/{id}/refunds/types";

    public async Task<RefundAnswer> RefundAsync(RefundOrder order, CancellationToken ct)
    {
        var (amount, never) = AmountOf(order);
        if (never is not null)
        {
            // Nothing was sent and nothing ever will be: the amount has no form on the wire.
            return new RefundAnswer.Refused(never.Code, never.Message);
        }

        var requestId = options.SendRequestId ? order.Reference : null;
        var body = JsonSerializer.SerializeToUtf8Bytes(new RefundRequestEnvelope { Refund = RefundWriter.Request(order, amount) }, GlobalPayJson.Requests.RefundRequestEnvelope);
        var reply = await caller.SendAsync(new Call(order.SiteId, HttpMethod.Post, Refunds, PathOf(Refunds, order.GatewayPaymentId), body, requestId), ct);

        return await NotedAsync("refund", order, reply, new RefundAnswers(order, amount, options.Money).ToWrite(reply), ct);
    }

    public async Task<RefundAnswer> FindRefundAsync(RefundOrder order, CancellationToken ct)
    {
        var (amount, never) = AmountOf(order);

        if (never is not null)
        {
            logger.Undecided("find_refund", order.SiteId, "amount_not_representable");
            return new RefundAnswer.Unknown("amount_not_representable");
        }

        var reply = await GetAsync(order.SiteId, Refunds, order.GatewayPaymentId, ct);

        return await NotedAsync("find_refund", order, reply, new RefundAnswers(order, amount, options.Money).InList(reply), ct);
    }

    public async Task<IReadOnlyList<RefundReading>?> ListRefundsAsync(string siteId, int gatewayPaymentId, CancellationToken ct) =>
        RefundAnswers.RowsOf(await GetAsync(siteId, Refunds, gatewayPaymentId, ct))?.Select(row => RefundReader.Read(row, options.Money)!).ToList();

    public async Task<IReadOnlyList<RefundType>?> ReadRefundTypesAsync(string siteId, int gatewayPaymentId, CancellationToken ct)
    {
        var reply = await GetAsync(siteId, RefundTypes, gatewayPaymentId, ct);

        return reply.IsSuccess && reply.Read(GlobalPayJson.Answers.RefundTypeList)?.RefundTypes is { } types && types.All(type => type is { ID: not null })
            ? types.Select(type => new RefundType(
                type.ID!.Value, type.Name, type.AllowsPartialRefund ?? type.AllowPartialRefund, Text(type.Customer), Text(type.BillingAddress), Text(type.BankAddress), Text(type.Details))).ToList()
            : null;
    }

    private static string? Text(JsonElement? part) => part is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } given ? given.GetRawText() : null;

    private (long Amount, RuleViolation? Never) AmountOf(RefundOrder order) => AmountOf(new ChargeOrder(order.SiteId, order.Reference, 0, 0, order.Amount, null, null));

    private async Task<RefundAnswer> NotedAsync(string operation, RefundOrder order, Reply reply, RefundAnswer answer, CancellationToken ct)
    {
        var asked = new Asked(order.SiteId, operation, GatewayPaymentId: order.GatewayPaymentId, RefundReference: order.Reference);
        await NoteAsync(asked, reply, (answer as RefundAnswer.Unknown)?.Symptom, ct);
        return answer;
    }
}
