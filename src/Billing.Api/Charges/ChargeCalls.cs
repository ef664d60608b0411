using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Outbound;
using Billing.Api.Hosting.Streams;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Marten;

namespace Billing.Api.Charges;

/// <summary>Sends charges under committed intents, looks them up, and records what the gateway says.</summary>
/// <remarks>No transaction is open during the request. What a crash leaves behind, the resolver looks up.</remarks>
public sealed class ChargeCalls(
    IDocumentStore store, IPaymentGateway gateway, PreapprovalStreams streams, PreapprovalDecisions decisions,
    OutboundSender sender, StreamDirectory directory, ResendDecisions resends, EarlierAttempts attempts,
    CallsUnderWay calls, BusinessClock clock, TimeProvider realTime, LookUpPolicy lookUps) : IOutboundOperation
{
    private static readonly EventSource Gateway = new("gateway");
    private static readonly EventSource Sweep = new("sweep");

    public IReadOnlyCollection<OutboundOperation> Operations { get; } = [OutboundOperation.Charge];

    /// <summary>Sends a page that this process has committed; records as stopped what may no longer be sent.</summary>
    public async Task SendPageAsync(SubmitCharges page)
    {
        var states = await StatesAsync(page);

        await Task.WhenAll(page.Charges.Select(async charge =>
        {
            try
            {
                if (states.GetValueOrDefault(charge.PreapprovalId) is { } state
                    && state.Charges.GetValueOrDefault(charge.MerchantTransactionId) is { } intent
                    && IsIntentOf(intent, page.Window))
                {
                    await SendOrStopAsync(page.Site, state, intent, page.Window);
                }
            }
            finally
            {
                calls.Release(page.Id, 1);
            }
        }));
    }

    /// <summary>Sends one charge whose intent this process has just committed.</summary>
    public async Task SendAsync(string site, Guid preapprovalId, string merchantTransactionId, SendWindow window)
    {
        await using var session = store.QuerySession(site);
        var state = await streams.FoldOpenedAsync(session, preapprovalId, CancellationToken.None);

        if (state?.Charges.GetValueOrDefault(merchantTransactionId) is { } charge && IsIntentOf(charge, window))
        {
            await SendOrStopAsync(site, state, charge, window);
        }
    }

    public async Task LookUpAsync(string site, Preapproval state, string key, OutboundCall call, CancellationToken ct)
    {
        if ((await FullAsync(site, state, key, ct)).Charges.GetValueOrDefault(key) is not { } charge)
        {
            return;
        }

        var askedAt = realTime.GetUtcNow();
        var found = await gateway.FindChargeAsync(OrderOf(site, state, charge), ct);

        if (found is ChargeResult.NotSent)
        {
            return;
        }

        await RecordAsync(
            site, state.Id, new ChargeUpdate(key, found, LearntFrom.LookUp, askedAt, charge.Sends), "record_look_up",
            call);
    }

    public async Task SendAgainAsync(
        string site, Preapproval state, string key, OutboundCall call, CancellationToken ct)
    {
        var full = await FullAsync(site, state, key, ct);

        // Of a retry, the earlier attempts are confirmed once more: time has passed since it was requested.
        if (full.Charges.GetValueOrDefault(key)?.Id is { Period: { } period, Attempt: > 1 and var attempt }
            && !await attempts.HaveFailedAsync(site, full, period, attempt))
        {
            return;
        }

        if (await resends.DecideAsync(site, state.Id, key, call, ct) is var (decided, window))
        {
            await SendResentAsync(site, decided, window);
        }
    }

    // Each send has its own window. An intent with another window belongs to another send.
    private static bool IsIntentOf(Charge? charge, SendWindow window) =>
        charge is { State: MoneyState.Requested, Call: { } call } && call.WindowStart == window.Start;

    // Only the process that committed the intent may stop it here, because only it knows that it did not send.
    private async Task SendOrStopAsync(string site, Preapproval state, Charge charge, SendWindow window)
    {
        if (PreapprovalDecider.ReasonToStop(state, charge) is null)
        {
            await SendAsync(site, state, charge, window);
            return;
        }

        await decisions.RecordAsync(
            site, state.Id, Sweep,
            now => IsIntentOf(now!.Charges.GetValueOrDefault(charge.Id.MerchantTransactionId), window)
                ? PreapprovalDecider.StopUnsent(now, charge.Id.MerchantTransactionId, clock.GetUtcNow())
                : [],
            "stop_charge");
    }

    private Task SendAsync(string site, Preapproval state, Charge charge, SendWindow window)
    {
        var order = OrderOf(site, state, charge);
        var askedAt = realTime.GetUtcNow();

        return sender.SendAsync(
            site, OutboundOperation.Charge, charge.Id.MerchantTransactionId, charge.Sends, window,
            () => CallAsync(order),
            result => result is ChargeResult.NotSent notSent
                ? RecordNotSentAsync(site, state.Id, charge, window, notSent)
                : RecordAsync(
                    site, state.Id,
                    new ChargeUpdate(charge.Id.MerchantTransactionId, result, LearntFrom.Answer, askedAt, charge.Sends),
                    "record_charge"));
    }

    // A duplicate is looked up: of the same preapproval it is this charge, whatever its amount. Where the look-up does
    // not settle it, the symptom keeps that it is a duplicate for the next one.
    private async Task<ChargeResult> CallAsync(ChargeOrder order)
    {
        var result = await gateway.ChargeAsync(order, CancellationToken.None);

        return result is not ChargeResult.Duplicate
            ? result
            : await gateway.FindChargeAsync(order with { IsDuplicate = true }, CancellationToken.None) switch
            {
                ChargeResult.NotFound => new ChargeResult.Unknown("duplicate_not_found"),
                ChargeResult.NotSent => new ChargeResult.Unknown("duplicate_not_asked"),
                ChargeResult.Unknown unknown => new ChargeResult.Unknown($"duplicate_{unknown.Symptom}"),
                var found => found,
            };
    }

    private Task RecordNotSentAsync(
        string site, Guid id, Charge charge, SendWindow window, ChargeResult.NotSent notSent) =>
        decisions.RecordAsync(
            site, id, Sweep,
            state => IsIntentOf(state!.Charges.GetValueOrDefault(charge.Id.MerchantTransactionId), window)
                ? PreapprovalDecider.NotSent(
                    state, OutboundOperation.Charge, charge.Id.MerchantTransactionId, notSent.Symptom, notSent.Wait,
                    clock.GetUtcNow())
                : [],
            "record_not_sent");

    private async Task RecordAsync(string site, Guid id, ChargeUpdate update, string point, OutboundCall? seen = null)
    {
        var window = SendWindow.Open(realTime);
        var decided = await decisions.RecordAsync(
            site, id, Gateway,
            state => seen is not null && !state!.IsAsSeen(OutboundOperation.Charge, update.MerchantTransactionId, seen)
                ? []
                : PreapprovalDecider.RecordOutcome(state!, update, lookUps, clock.GetUtcNow(), window.Start),
            point);
        await SendResentAsync(site, decided, window);
    }

    private async Task SendResentAsync(string site, Decided decided, SendWindow window)
    {
        foreach (var resent in decided.Events.OfType<ChargeResent>())
        {
            await SendAsync(site, decided.State!.Id, resent.Charge.MerchantTransactionId, window);
        }
    }

    private ChargeOrder OrderOf(string site, Preapproval state, Charge charge)
    {
        var wantsMandate = lookUps.Profiles.Of(state.Terms.MethodId).SendDescriptionAndCountry;
        var own = charge.Description?.Value;

        return charge.LookUpOrder(site, state.Gateway!.PreapprovalId, state.Terms.MethodId) with
        {
            Description = wantsMandate ? own ?? state.Terms.Description : own,
            Country = wantsMandate ? state.Terms.Country : null,
            ExecutionDate = charge.ExecutionDate,
        };
    }

    // The snapshot may hold no more of an old charge than its call.
    private async Task<Preapproval> FullAsync(string site, Preapproval state, string key, CancellationToken ct)
    {
        if (state.Holds(key))
        {
            return state;
        }

        await using var session = store.QuerySession(site);

        return await PreapprovalStreams.FoldAsync(session, state.Id, ct) ?? state;
    }

    // A preapproval whose stream still has the version of the decision is not loaded again.
    private async Task<Dictionary<Guid, Preapproval>> StatesAsync(SubmitCharges page)
    {
        var ids = page.Charges.Select(charge => charge.PreapprovalId).Distinct().ToArray();
        var versions = await directory.VersionsAsync(page.Site, ids);
        var states = page.Charges.Select(charge => charge.Decided).OfType<DecidedPreapproval>()
            .Where(decided => versions.GetValueOrDefault(decided.State.Id) == decided.Version)
            .DistinctBy(decided => decided.State.Id)
            .ToDictionary(decided => decided.State.Id, decided => decided.State);

        if (ids.Where(id => !states.ContainsKey(id)).ToArray() is { Length: > 0 } others)
        {
            await using var session = store.QuerySession(page.Site);

            foreach (var state in await session.LoadManyAsync<Preapproval>(others))
            {
                states.Add(state.Id, state);
            }
        }

        return states;
    }
}
