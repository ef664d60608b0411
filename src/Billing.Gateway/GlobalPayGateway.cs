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
internal sealed partial class GlobalPayGateway(GatewayCaller caller, GatewayOptions options, IAnswerKeeper keeper, ILogger<GlobalPayGateway> logger) : IPaymentGateway
{
    private const string Preapprovals = "v1/preapprovals";
    private const string OnePreapproval = "v1/preapprovals/{id}";
    private const string Recurrent = "v1/payments/recurrent";
    private const string Payments = "v1/payments";
    private const string OnePayment = "v1/payments/{id}";

    public async Task<MandateAnswer> RegisterAsync(string siteId, MandateOrder order, CancellationToken ct)
    {
        var reply = await caller.SendAsync(new Call(siteId, HttpMethod.Post, Preapprovals, Preapprovals, BodyOf(order)), ct);
        var name = order.Terms.MerchantPreapprovalId;

        return await NotedAsync(new Asked(siteId, "register", MerchantPreapprovalId: name), reply, MandateAnswers.ToWrite(reply, name, id: null), ct);
    }

    public async Task<MandateAnswer> ChangeMandateAsync(string siteId, int gatewayPreapprovalId, MandateOrder order, CancellationToken ct)
    {
        var reply = await caller.SendAsync(new Call(siteId, HttpMethod.Patch, OnePreapproval, PathOf(OnePreapproval, gatewayPreapprovalId), BodyOf(order)), ct);
        var name = order.Terms.MerchantPreapprovalId;

        return await NotedAsync(new Asked(siteId, "change", gatewayPreapprovalId, name), reply, MandateAnswers.ToWrite(reply, name, gatewayPreapprovalId), ct);
    }

    public async Task<MandateAnswer> CloseMandateAsync(string siteId, int gatewayPreapprovalId, CancellationToken ct)
    {
        var reply = await caller.SendAsync(new Call(siteId, HttpMethod.Delete, OnePreapproval, PathOf(OnePreapproval, gatewayPreapprovalId)), ct);

        return await NotedAsync(new Asked(siteId, "close", gatewayPreapprovalId), reply, MandateAnswers.ToWrite(reply, merchantPreapprovalId: null, gatewayPreapprovalId), ct);
    }

    public async Task<MandateAnswer> ReadMandateAsync(string siteId, int gatewayPreapprovalId, CancellationToken ct)
    {
        var reply = await GetAsync(siteId, OnePreapproval, gatewayPreapprovalId, ct);

        return await NotedAsync(new Asked(siteId, "read", gatewayPreapprovalId), reply, MandateAnswers.ToRead(reply, merchantPreapprovalId: null, gatewayPreapprovalId), ct);
    }

    public async Task<IReadOnlyList<MandateReading>?> ListMandatesAsync(string siteId, int limit, CancellationToken ct) =>
        MandatesOf(await ListAsync(siteId, limit, ct));

    public async Task<MandateAnswer> FindMandateAsync(string siteId, string merchantPreapprovalId, int limit, CancellationToken ct)
    {
        var (asked, reply) = (new Asked(siteId, "find", MerchantPreapprovalId: merchantPreapprovalId), await ListAsync(siteId, limit, ct));
        if (MandatesOf(reply) is not { } mandates)
        {
            return await NotedAsync(asked, reply, MandateAnswers.NeverLeft(reply) ?? new MandateAnswer.Unknown(reply.SymptomOr("garbled")), ct);
        }

        var matches = mandates.Where(mandate => string.Equals(mandate.Terms.MerchantPreapprovalId, merchantPreapprovalId, StringComparison.Ordinal)).ToList();
        if (matches is not [var match])
        {
            return await NotedAsync(asked, reply, matches.Count == 0 ? new MandateAnswer.NotFound() : new MandateAnswer.Unknown("several_preapprovals"), ct);
        }

        var id = match.Gateway.PreapprovalId;
        var whole = await GetAsync(siteId, OnePreapproval, id, ct);
        var answer = MandateAnswers.ToRead(whole, merchantPreapprovalId, id);

        return await NotedAsync(asked with { GatewayPreapprovalId = id }, whole, answer is MandateAnswer.NotFound ? new MandateAnswer.Unknown("listed_but_not_found") : answer, ct);
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

        return await NotedAsync(Asked.Of("charge", order), reply, new ChargeAnswers(order, amount, options.Money).ToWrite(reply), ct);
    }

    public async Task<PaymentPage?> ListPaymentsAsync(string siteId, DateTimeOffset from, DateTimeOffset until, int page, CancellationToken ct)
    {
        var list = string.Create(
            CultureInfo.InvariantCulture,
            $"{Payments}?startDate={from.UtcDateTime:yyyyMMddHHmmss}&endDate={until.UtcDateTime:yyyyMMddHHmmss}&sortDirection=asc&pageSize={PaymentPages.Size}&pageIndex={page}");

        return PaymentPages.Of(await caller.SendAsync(new Call(siteId, HttpMethod.Get, Payments, list), ct), page, options.Money);
    }

    public async Task<ChargeAnswer> FindChargeAsync(ChargeOrder order, CancellationToken ct)
    {
        var (amount, never) = AmountOf(order);
        if (never is not null)
        {
            // It may have been sent under another setting: this must not turn into "not found".
            logger.Undecided("find", order.SiteId, "amount_not_representable");
            return new ChargeAnswer.Unknown("amount_not_representable");
        }

        var (asked, answers) = (Asked.Of("find", order), new ChargeAnswers(order, amount, options.Money));
        var list = string.Create(
            CultureInfo.InvariantCulture, $"{Payments}?merchantTransactionID={Uri.EscapeDataString(order.MerchantTransactionId)}&pageSize={PaymentSearch.PageSize}");
        var reply = await caller.SendAsync(new Call(order.SiteId, HttpMethod.Get, Payments, list), ct);
        var (id, answer) = PaymentSearch.In(reply, order, answers);

        if (answer is not null)
        {
            return await NotedAsync(asked, reply, answer, ct);
        }

        var whole = await GetAsync(order.SiteId, OnePayment, id!.Value, ct);

        return await NotedAsync(asked, whole, answers.ToRead(whole, id.Value), ct);
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
        if (!reply.IsSuccess || reply.Read(ForgivingJson.PreapprovalList) is not { Preapprovals: { } rows } list || !string.IsNullOrEmpty(list.Error))
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

    private async Task<MandateAnswer> NotedAsync(Asked asked, Reply reply, MandateAnswer answer, CancellationToken ct)
    {
        await NoteAsync(asked, reply, (answer as MandateAnswer.Unknown)?.Symptom, ct);
        return answer;
    }

    private async Task<ChargeAnswer> NotedAsync(Asked asked, Reply reply, ChargeAnswer answer, CancellationToken ct)
    {
        await NoteAsync(asked, reply, (answer as ChargeAnswer.Unknown)?.Symptom, ct);
        return answer;
    }

    // What does not fit is durable before anybody hears of it.
    private async Task NoteAsync(Asked asked, Reply reply, string? symptom, CancellationToken ct)
    {
        if (symptom is null)
        {
            return;
        }

        logger.Undecided(asked.Operation, asked.SiteId, symptom);

        if (StrayAnswer.IsStray(symptom))
        {
            await keeper.KeepAsync(StrayAnswers.Of(asked, reply, symptom), ct);
        }
    }
}
