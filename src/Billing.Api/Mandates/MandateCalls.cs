using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Outbound;
using Billing.Api.Hosting.Sites;
using Billing.Api.Hosting.Streams;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Gateway;
using Marten;

namespace Billing.Api.Mandates;

/// <summary>Creates, changes, closes and looks up mandates at the gateway under committed intents.</summary>
public sealed class MandateCalls(
    IDocumentStore store, IPaymentGateway gateway, PreapprovalStreams streams, PreapprovalDecisions decisions,
    OutboundSender sender, StreamDirectory directory, ResendDecisions resends, SiteRegister sites, BusinessClock clock,
    TimeProvider realTime, GatewayOptions options, LookUpPolicy lookUps)
    : IOutboundOperation
{
    private static readonly EventSource Gateway = new("gateway");
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan UntilKeyIsRestored = TimeSpan.FromHours(1);
    private static readonly MandateResult.NotSent CustomerForgotten =
        new(PreapprovalDecider.CustomerForgotten, TimeSpan.Zero);

    public IReadOnlyCollection<OutboundOperation> Operations { get; } =
        [OutboundOperation.Create, OutboundOperation.Change, OutboundOperation.Close];

    /// <summary>Sends the create that this process has just committed.</summary>
    /// <inheritdoc cref="SendAsync(string, Guid, SendWindow)"/>
    public async Task<Preapproval?> SendNewAsync(string site, Decided created, SendWindow window)
    {
        // What is still as it was decided is not read again.
        var id = created.Events[0].PreapprovalId;
        var isUnchanged = (await directory.VersionsAsync(site, [id])).GetValueOrDefault(id) == created.Version;

        return await SendAsync(site, isUnchanged ? created.OpenedAfter(null) : await OpenedAsync(site, id), window);
    }

    /// <summary>Sends the create, change or close that this process has just committed.</summary>
    /// <returns>The opened state with the outcome; null where it has to be read.</returns>
    public async Task<Preapproval?> SendAsync(string site, Guid id, SendWindow window) =>
        await SendAsync(site, await OpenedAsync(site, id), window);

    private async Task<Preapproval?> SendAsync(string site, Preapproval? opened, SendWindow window)
    {
        // Another intent, which another process committed meanwhile, is not sent here.
        if (opened is not { Unsettled: { Call.State: OutboundState.Requested } asked } state
            || asked.Call.WindowStart != window.Start)
        {
            return null;
        }

        if (asked.Operation is MandateOperation.Close)
        {
            await WaitForChargesAsync(site, state.Id);
        }

        var askedAt = realTime.GetUtcNow();
        Preapproval? outcome = null;
        await sender.SendAsync(
            site, asked.Call.Operation, $"{state.Id:N}", asked.Call.Sends, window,
            () => CallAsync(site, state, asked),
            async result =>
            {
                var update = await UpdateOfAsync(site, state, asked, result, askedAt);
                outcome = (await RecordAsync(site, state, asked, update)).OpenedAfter(state);
            });

        return outcome;
    }

    public async Task LookUpAsync(string site, Preapproval state, string key, OutboundCall call, CancellationToken ct)
    {
        if (await OpenedAsync(site, state.Id) is not { Unsettled: { } asked } opened || asked.Call != call)
        {
            return;
        }

        var askedAt = realTime.GetUtcNow();
        var shown = asked.Operation is MandateOperation.Create
            ? await gateway.FindMandateAsync(site, opened.Terms.MerchantPreapprovalId, options.ListScan, ct)
            : await gateway.ReadMandateAsync(site, opened.Gateway!.PreapprovalId, ct);

        if (shown is MandateResult.NotSent)
        {
            return;
        }

        var differences =
            shown is MandateResult.Confirmed found ? MandateDifferences.Between(site, opened, found.Value) : null;
        await RecordAsync(
            site, opened, asked, new MandateUpdate(shown, LearntFrom.LookUp, askedAt, call.Sends, differences));
    }

    public async Task SendAgainAsync(
        string site, Preapproval state, string key, OutboundCall call, CancellationToken ct)
    {
        if (await resends.DecideAsync(site, state.Id, key, call, ct) is var (decided, window))
        {
            await SendResentAsync(site, state.Id, decided, window);
        }
    }

    /// <summary>Records a mandate that was read for another reason, as the answer to a create.</summary>
    public Task RecordFoundAsync(
        string site, Guid id, MandateSnapshot found, IReadOnlyList<Difference> differences, EventSource source)
    {
        var window = SendWindow.Open(realTime);
        var update = new MandateUpdate(
            new MandateResult.Confirmed(found), LearntFrom.LookUp, window.Start, null, differences);

        return decisions.RecordAsync(
            site, id, source,
            state => PreapprovalDecider.RecordCreate(
                state!, update, lookUps, sites.CalendarOf(site), clock.GetUtcNow(), window.Start),
            "record_create");
    }

    private Task<MandateResult> CallAsync(string site, Preapproval state, Unsettled asked) => asked switch
    {
        { Operation: MandateOperation.Close } =>
            gateway.CloseMandateAsync(site, state.Gateway!.PreapprovalId, CancellationToken.None),

        // The person was forgotten since the intent: the rules of sending again end it.
        _ when state.IsForgotten => Task.FromResult<MandateResult>(CustomerForgotten),
        { Personal: null } => Task.FromResult<MandateResult>(CustomerForgotten),

        // Its data key is damaged: the gateway would get an order without its customer.
        { Personal.HasClosedValue: true } =>
            Task.FromResult<MandateResult>(new MandateResult.NotSent("data_key_damaged", UntilKeyIsRestored)),
        { Operation: MandateOperation.Create } =>
            gateway.RegisterAsync(site, new MandateOrder(asked.Terms!, asked.Personal), CancellationToken.None),
        _ => gateway.ChangeMandateAsync(
            site, state.Gateway!.PreapprovalId, new MandateOrder(asked.Terms!, asked.Personal), CancellationToken.None),
    };

    // A first create that is called a duplicate is looked up before it counts as refused.
    private async Task<MandateUpdate> UpdateOfAsync(
        string site, Preapproval state, Unsettled asked, MandateResult result, DateTimeOffset askedAt)
    {
        var update = new MandateUpdate(result, LearntFrom.Answer, askedAt, asked.Call.Sends);

        if (result is not MandateResult.Duplicate)
        {
            return update;
        }

        return await gateway.FindMandateAsync(
            site, state.Terms.MerchantPreapprovalId, options.ListScan, CancellationToken.None) switch
        {
            MandateResult.Confirmed found => update with
            {
                Found = found.Value,
                Differences = MandateDifferences.Between(site, state, found.Value),
            },
            MandateResult.NotFound => update,
            _ => update with { Answer = new MandateResult.Unknown("duplicate_not_asked") },
        };
    }

    private async Task<Decided> RecordAsync(string site, Preapproval state, Unsettled asked, MandateUpdate update)
    {
        var window = SendWindow.Open(realTime);
        bool? applied = update is { From: LearntFrom.LookUp, Answer: MandateResult.Confirmed shown }
            ? ChangeConfirmation.Shows(state, asked, shown.Value)
            : null;
        Decided decided;

        try
        {
            decided = await decisions.RecordAsync(
                site, state.Id, Gateway,
                now => now!.Unsettled?.Call is not { } open || open.RequestedAt == asked.Call.RequestedAt
                    ? Decide(site, now, asked.Operation, update, applied, window)
                    : [],
                $"record_{asked.Operation.ToString().ToLowerInvariant()}");
        }
        catch (Exception error) when (DatabaseErrors.ViolatedConstraint(error) is not null)
        {
            // Another preapproval here has the id that the gateway names: a person has to decide.
            decided = await decisions.RecordAsync(
                site, state.Id, Gateway,
                now => PreapprovalDecider.LookUpFailed(
                    now!, "gateway_id_taken", lookUps with { Intervals = [] }, clock.GetUtcNow()),
                "record_look_up");
        }

        await SendResentAsync(site, state.Id, decided, window);

        return decided;
    }

    private PreapprovalEvent[] Decide(
        string site, Preapproval state, MandateOperation operation, MandateUpdate update, bool? applied,
        SendWindow window)
    {
        var now = clock.GetUtcNow();

        return operation switch
        {
            MandateOperation.Create =>
                PreapprovalDecider.RecordCreate(
                    state, update, lookUps, sites.CalendarOf(site), now, window.Start),
            MandateOperation.Change =>
                PreapprovalDecider.RecordChange(
                    state, update, applied, lookUps, sites.CalendarOf(site), now, window.Start),
            _ => PreapprovalDecider.RecordClose(state, update, lookUps, now, window.Start),
        };
    }

    private async Task SendResentAsync(string site, Guid id, Decided decided, SendWindow window)
    {
        if (decided.Events.OfType<MandateCallResent>().Any())
        {
            await SendAsync(site, id, window);
        }
    }

    // Charges that were requested before the close are too late to stop: they are waited for, at most one time-out.
    private async Task WaitForChargesAsync(string site, Guid id)
    {
        for (var waited = TimeSpan.Zero; waited < options.Timeout; waited += Pause)
        {
            await using var session = store.QuerySession(site);
            var state = await session.LoadAsync<Preapproval>(id);

            if (state is null || !state.Charges.Values.Any(charge => charge.Call?.State is OutboundState.Requested))
            {
                return;
            }

            await Task.Delay(Pause);
        }
    }

    private async Task<Preapproval?> OpenedAsync(string site, Guid id)
    {
        await using var session = store.QuerySession(site);

        return await streams.FoldOpenedAsync(session, id, CancellationToken.None);
    }
}
