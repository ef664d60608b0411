using System.Globalization;
using System.Text.Json;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Gateway.Calls;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;
using Microsoft.Extensions.Logging;

namespace Billing.Gateway;

/// <summary>The port to the payment provider, on GlobalPay's REST interface (GLOBALPAY.md).</summary>
internal sealed partial class GlobalPayGateway(GatewayCaller caller, GatewayOptions options, ILogger<GlobalPayGateway> logger) : IPaymentGateway
{
    private const string Preapprovals = "v1/preapprovals";
    private const string OnePreapproval = "v1/preapprovals/{id}";
    private const string Recurrent = "v1/payments/recurrent";
    private const string Payments = "v1/payments";
    private const string OnePayment = "v1/payments/{id}";

    public async Task<MandateAnswer> RegisterAsync(string siteId, MandateOrder order, CancellationToken ct) => Noted(
        "register", siteId, MandateAnswers.ToWrite(
            await caller.SendAsync(new Call(siteId, HttpMethod.Post, Preapprovals, Preapprovals, BodyOf(order)), ct), order.Terms.MerchantPreapprovalId, id: null));

    public async Task<MandateAnswer> ChangeMandateAsync(string siteId, int gatewayPreapprovalId, MandateOrder order, CancellationToken ct) => Noted(
        "change", siteId, MandateAnswers.ToWrite(
            await caller.SendAsync(new Call(siteId, HttpMethod.Patch, OnePreapproval, PathOf(OnePreapproval, gatewayPreapprovalId), BodyOf(order)), ct),
            order.Terms.MerchantPreapprovalId,
            gatewayPreapprovalId));

    public async Task<MandateAnswer> CloseMandateAsync(string siteId, int gatewayPreapprovalId, CancellationToken ct) => Noted(
        "close", siteId, MandateAnswers.ToWrite(
            await caller.SendAsync(new Call(siteId, HttpMethod.Delete, OnePreapproval, PathOf(OnePreapproval, gatewayPreapprovalId)), ct), merchantPreapprovalId: null, gatewayPreapprovalId));

    public async Task<MandateAnswer> ReadMandateAsync(string siteId, int gatewayPreapprovalId, CancellationToken ct) =>
        Noted("read", siteId, MandateAnswers.ToRead(await GetAsync(siteId, OnePreapproval, gatewayPreapprovalId, ct), merchantPreapprovalId: null, gatewayPreapprovalId));

    public async Task<IReadOnlyList<MandateReading>?> ListMandatesAsync(string siteId, int limit, CancellationToken ct) =>
        MandatesOf(await ListAsync(siteId, limit, ct));

    public async Task<MandateAnswer> FindMandateAsync(string siteId, string merchantPreapprovalId, int limit, CancellationToken ct)
    {
        var reply = await ListAsync(siteId, limit, ct);
        if (MandatesOf(reply) is not { } mandates)
        {
            return Noted("find", siteId, new MandateAnswer.Unknown(reply.SymptomOr("garbled")));
        }

        var matches = mandates.Where(mandate => string.Equals(mandate.Terms.MerchantPreapprovalId, merchantPreapprovalId, StringComparison.Ordinal)).ToList();
        if (matches is not [var match])
        {
            return Noted("find", siteId, matches.Count == 0 ? new MandateAnswer.NotFound() : new MandateAnswer.Unknown("several_preapprovals"));
        }

        var id = match.Gateway.PreapprovalId;
        var answer = MandateAnswers.ToRead(await GetAsync(siteId, OnePreapproval, id, ct), merchantPreapprovalId, id);
        return Noted("find", siteId, answer is MandateAnswer.NotFound ? new MandateAnswer.Unknown("listed_but_not_found") : answer);
    }

    public async Task<ChargeAnswer> ChargeAsync(ChargeOrder order, CancellationToken ct)
    {
        var (amount, never) = AmountOf(order);
        if (never is not null)
        {
            // Nothing was sent and nothing ever will be: the amount has no form on the wire.
            return new ChargeAnswer.Refused(never.Code, never.Message);
        }

        var requestId = options.SendRequestId ? order.MerchantTransactionId : null;
        var reply = await caller.SendAsync(new Call(order.SiteId, HttpMethod.Post, Recurrent, Recurrent, BodyOf(order, amount), requestId), ct);
        return Noted("charge", order.SiteId, new ChargeAnswers(order, amount, options.Money).ToWrite(reply));
    }

    public async Task<ChargeAnswer> FindChargeAsync(ChargeOrder order, CancellationToken ct)
    {
        var (amount, never) = AmountOf(order);
        if (never is not null)
        {
            // It may have been sent under another setting: this must not turn into "not found".
            return Noted("find", order.SiteId, new ChargeAnswer.Unknown("amount_not_representable"));
        }

        var asked = new ChargeAnswers(order, amount, options.Money);
        var list = string.Create(
            CultureInfo.InvariantCulture, $"{Payments}?merchantTransactionID={Uri.EscapeDataString(order.MerchantTransactionId)}&pageSize={PaymentSearch.PageSize}");
        var (id, answer) = PaymentSearch.In(await caller.SendAsync(new Call(order.SiteId, HttpMethod.Get, Payments, list), ct), order, asked);

        return Noted("find", order.SiteId, answer ?? asked.ToRead(await GetAsync(order.SiteId, OnePayment, id!.Value, ct)));
    }

    private (long Amount, RuleViolation? Never) AmountOf(ChargeOrder order)
    {
        try
        {
            return (options.Money.ChargeToWire(order.Amount), null);
        }
        catch (RuleViolation never)
        {
            return (0, never);
        }
    }

    private Task<Reply> ListAsync(string siteId, int limit, CancellationToken ct) =>
        caller.SendAsync(new Call(siteId, HttpMethod.Get, Preapprovals, string.Create(CultureInfo.InvariantCulture, $"{Preapprovals}?limit={limit}")), ct);

    private Task<Reply> GetAsync(string siteId, string template, int id, CancellationToken ct) =>
        caller.SendAsync(new Call(siteId, HttpMethod.Get, template, PathOf(template, id)), ct);

    private static IReadOnlyList<MandateReading>? MandatesOf(Reply reply)
    {
        if (!reply.IsSuccess || reply.Read(GlobalPayJson.Answers.PreapprovalList) is not { Preapprovals: { } rows } list || !string.IsNullOrEmpty(list.Error))
        {
            return null;
        }

        var mandates = rows.Select(row => row is null ? null : PreapprovalReader.Read(row)).OfType<MandateReading>().ToList();
        return mandates.Count == rows.Count ? mandates : null;
    }

    private static string PathOf(string template, int id) => template.Replace("{id}", id.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static byte[] BodyOf(MandateOrder order) =>
        JsonSerializer.SerializeToUtf8Bytes(new PreapprovalEnvelope { Preapproval = PreapprovalWriter.Request(order) }, GlobalPayJson.Requests.PreapprovalEnvelope);

    private static byte[] BodyOf(ChargeOrder order, long wireAmount) =>
        JsonSerializer.SerializeToUtf8Bytes(new RecurrentEnvelope { Payment = PaymentWriter.Request(order, wireAmount) }, GlobalPayJson.Requests.RecurrentEnvelope);

    private MandateAnswer Noted(string call, string siteId, MandateAnswer answer)
    {
        if (answer is MandateAnswer.Unknown unknown)
        {
            logger.Undecided(call, siteId, unknown.Symptom);
        }

        return answer;
    }

    private ChargeAnswer Noted(string call, string siteId, ChargeAnswer answer)
    {
        if (answer is ChargeAnswer.Unknown unknown)
        {
            logger.Undecided(call, siteId, unknown.Symptom);
        }

        return answer;
    }
}
