using System.Globalization;
using System.Text.Json;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Gateway.Calls;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;
using Microsoft.Extensions.Logging;

namespace Billing.Gateway;

/// <summary>The port to the payment provider, on GlobalPay's REST interface (docs/globalpay.md).</summary>
internal sealed partial class GlobalPayGateway(
    GatewayCaller caller, GatewayOptions options, WireMoney wireMoney, IQuarantine quarantine,
    ILogger<GlobalPayGateway> logger) : IPaymentGateway
{
    private const string Preapprovals = "v1/preapprovals";
    private const string OnePreapproval = "v1/preapprovals/{id}";
    private const string Recurrent = "v1/payments/recurrent";
    private const string Payments = "v1/payments";
    private const string OnePayment = "v1/payments/{id}";

    public async Task<MandateResult> RegisterAsync(string siteId, MandateOrder order, CancellationToken ct)
    {
        var reply = await caller.SendAsync(
            new Call(siteId, HttpMethod.Post, Preapprovals, Preapprovals, BodyOf(order)), ct);
        var name = order.Terms.MerchantPreapprovalId;

        return await NotedAsync(
            new Asked(siteId, "register", MerchantPreapprovalId: name), reply,
            MandateResults.ToWrite(reply, name, id: null), ct);
    }

    public async Task<MandateResult> ChangeMandateAsync(
        string siteId, int gatewayPreapprovalId, MandateOrder order, CancellationToken ct)
    {
        var reply = await caller.SendAsync(
            new Call(
                siteId, HttpMethod.Patch, OnePreapproval, PathOf(OnePreapproval, gatewayPreapprovalId), BodyOf(order)),
            ct);
        var name = order.Terms.MerchantPreapprovalId;

        return await NotedAsync(
            new Asked(siteId, "change", gatewayPreapprovalId, name), reply,
            MandateResults.ToWrite(reply, name, gatewayPreapprovalId), ct);
    }

    public async Task<MandateResult> CloseMandateAsync(string siteId, int gatewayPreapprovalId, CancellationToken ct)
    {
        var reply = await caller.SendAsync(
            new Call(siteId, HttpMethod.Delete, OnePreapproval, PathOf(OnePreapproval, gatewayPreapprovalId)), ct);

        return await NotedAsync(
            new Asked(siteId, "close", gatewayPreapprovalId), reply,
            MandateResults.ToWrite(reply, merchantPreapprovalId: null, gatewayPreapprovalId), ct);
    }

    public async Task<MandateResult> ReadMandateAsync(string siteId, int gatewayPreapprovalId, CancellationToken ct)
    {
        var reply = await GetAsync(siteId, OnePreapproval, gatewayPreapprovalId, ct);

        return await NotedAsync(
            new Asked(siteId, "read", gatewayPreapprovalId), reply,
            MandateResults.ToRead(reply, merchantPreapprovalId: null, gatewayPreapprovalId), ct);
    }

    public async Task<IReadOnlyList<MandateSnapshot>?> ListMandatesAsync(
        string siteId, int limit, CancellationToken ct) =>
        MandatesOf(await ListAsync(siteId, limit, ct));

    public async Task<MandateResult> FindMandateAsync(
        string siteId, string merchantPreapprovalId, int limit, CancellationToken ct)
    {
        var (asked, reply) = (
            new Asked(siteId, "find", MerchantPreapprovalId: merchantPreapprovalId),
            await ListAsync(siteId, limit, ct));
        if (MandatesOf(reply) is not { } mandates)
        {
            return await NotedAsync(
                asked, reply, MandateResults.NotSentOf(reply) ?? new MandateResult.Unknown(reply.SymptomOr("garbled")),
                ct);
        }

        var matches = mandates.Where(mandate => mandate.Terms.MerchantPreapprovalId == merchantPreapprovalId).ToList();
        if (matches is not [var match])
        {
            return await NotedAsync(
                asked, reply,
                matches.Count == 0 ? new MandateResult.NotFound() : new MandateResult.Unknown("several_preapprovals"),
                ct);
        }

        var id = match.Gateway.PreapprovalId;
        var whole = await GetAsync(siteId, OnePreapproval, id, ct);
        var answer = MandateResults.ToRead(whole, merchantPreapprovalId, id);

        return await NotedAsync(
            asked with { GatewayPreapprovalId = id }, whole,
            answer is MandateResult.NotFound ? new MandateResult.Unknown("listed_but_not_found") : answer, ct);
    }

    public async Task<ChargeResult> ChargeAsync(ChargeOrder order, CancellationToken ct)
    {
        var (amount, violation) = AmountOf(order);
        if (violation is not null)
        {
            // Final: the amount cannot be written on the wire, so nothing was sent.
            return new ChargeResult.Refused(violation.Code, Sealed<string>.Of(violation.Message));
        }

        var requestId = options.SendRequestId ? order.MerchantTransactionId : null;
        var reply = await caller.SendAsync(
            new Call(order.SiteId, HttpMethod.Post, Recurrent, Recurrent, BodyOf(order, amount), requestId), ct);

        return await NotedAsync(
            Asked.Of("charge", order), reply, new ChargeResults(order, amount, wireMoney).ToWrite(reply), ct);
    }

    public async Task<PaymentPage?> ListPaymentsAsync(
        string siteId, DateTimeOffset from, DateTimeOffset until, int page, CancellationToken ct)
    {
        var list = string.Create(
            CultureInfo.InvariantCulture,
            $"{Payments}?startDate={from.UtcDateTime:yyyyMMddHHmmss}&endDate={until.UtcDateTime:yyyyMMddHHmmss}"
            + $"&sortDirection=asc&pageSize={PaymentPages.Size}&pageIndex={page}");

        return PaymentPages.Of(
            await caller.SendAsync(new Call(siteId, HttpMethod.Get, Payments, list), ct), page, wireMoney);
    }

    public async Task<ChargeResult> FindChargeAsync(ChargeOrder order, CancellationToken ct)
    {
        var (amount, violation) = AmountOf(order);
        if (violation is not null)
        {
            // It may have been sent under another setting, so this must not become "not found".
            logger.Undecided("find", order.SiteId, "amount_not_representable");
            return new ChargeResult.Unknown("amount_not_representable");
        }

        var (asked, answers) = (Asked.Of("find", order), new ChargeResults(order, amount, wireMoney));
        var list = string.Create(
            CultureInfo.InvariantCulture,
            $"{Payments}?merchantTransactionID={Uri.EscapeDataString(order.MerchantTransactionId)}"
            + $"&pageSize={PaymentSearch.PageSize}");
        var reply = await caller.SendAsync(new Call(order.SiteId, HttpMethod.Get, Payments, list), ct);
        var (id, answer) = PaymentSearch.In(reply, order, answers);

        if (answer is not null)
        {
            return await NotedAsync(asked, reply, answer, ct);
        }

        var whole = await GetAsync(order.SiteId, OnePayment, id!.Value, ct);

        return await NotedAsync(asked, whole, answers.ToRead(whole, id.Value), ct);
    }

    private (long Amount, RuleViolation? Violation) AmountOf(ChargeOrder order)
    {
        try
        {
            return (wireMoney.ChargeToWire(order.Amount), null);
        }
        catch (RuleViolation violation)
        {
            return (0, violation);
        }
    }

    private Task<Reply> ListAsync(string siteId, int limit, CancellationToken ct) =>
        caller.SendAsync(
            new Call(
                siteId, HttpMethod.Get, Preapprovals,
                string.Create(CultureInfo.InvariantCulture, $"{Preapprovals}?limit={limit}")),
            ct);

    private Task<Reply> GetAsync(string siteId, string template, int id, CancellationToken ct) =>
        caller.SendAsync(new Call(siteId, HttpMethod.Get, template, PathOf(template, id)), ct);

    private static IReadOnlyList<MandateSnapshot>? MandatesOf(Reply reply)
    {
        if (!reply.IsSuccess || reply.Read(TolerantJson.PreapprovalList) is not { Preapprovals: { } rows } list
            || !string.IsNullOrEmpty(list.Error))
        {
            return null;
        }

        var mandates = rows.Select(row => row is null ? null : PreapprovalReader.Read(row)).OfType<MandateSnapshot>()
            .ToList();
        return mandates.Count == rows.Count ? mandates : null;
    }

    private static string PathOf(string template, int id) =>
        template.Replace("{id}", id.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static byte[] BodyOf(MandateOrder order) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new PreapprovalEnvelope { Preapproval = PreapprovalWriter.Request(order) },
            GlobalPayJson.Requests.PreapprovalEnvelope);

    private static byte[] BodyOf(ChargeOrder order, long wireAmount) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new RecurrentEnvelope { Payment = PaymentWriter.Request(order, wireAmount) },
            GlobalPayJson.Requests.RecurrentEnvelope);

    private async Task<MandateResult> NotedAsync(Asked asked, Reply reply, MandateResult answer, CancellationToken ct)
    {
        await NoteAsync(asked, reply, (answer as MandateResult.Unknown)?.Symptom, ct);
        return answer;
    }

    private async Task<ChargeResult> NotedAsync(Asked asked, Reply reply, ChargeResult answer, CancellationToken ct)
    {
        await NoteAsync(asked, reply, (answer as ChargeResult.Unknown)?.Symptom, ct);
        return answer;
    }

    // A quarantined response is durable before the result is returned.
    private async Task NoteAsync(Asked asked, Reply reply, string? symptom, CancellationToken ct)
    {
        if (symptom is null)
        {
            return;
        }

        logger.Undecided(asked.Operation, asked.SiteId, symptom);

        if (QuarantinedResponse.IsMismatch(symptom))
        {
            await quarantine.KeepAsync(QuarantinedResponses.Of(asked, reply, symptom), ct);
        }
    }
}
