using Billing.Api.Changing;
using Billing.Api.Closing;
using Billing.Api.Sites;
using Billing.Api.Subscribing;
using Billing.Api.Subscriptions;
using Billing.Domain;
using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;
using Billing.Domain.Scheduling;
using Billing.EventStore;
using Billing.Gateway.Requests;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;
using Npgsql;

namespace Billing.Api.GlobalPay;

/// <summary>/v1/preapprovals as GlobalPay spells it (GLOBALPAY.md section 6): a storefront written for it changes base address and key only.</summary>
public sealed class PreapprovalEndpoints(
    StreamDirectory streams, StreamRequests requests, EventStore.EventStore store, ClosePreapproval closing, NpgsqlDataSource books, WireMoney money, MethodProfiles profiles)
{
    private const int DefaultLimit = 50;
    private const int MostLimit = 1_000;

    public Task<IResult> Create(HttpContext http, CancellationToken ct) => GlobalPayCall.PreapprovalAsync(http, async () =>
    {
        var site = Storefront.SiteOf(http);
        var requestId = GlobalPayCall.RequestId(http);
        var body = await GlobalPayCall.BodyAsync(http, ct);
        var fingerprint = GlobalPayCall.Fingerprint(http, body);
        var asked = PreapprovalRequestReader.Read(body);
        var schedule = ScheduleReader.Read(asked.Schedule, Serving(asked), money);

        Task<Started?> FindEarlierAsync() => requests.FindAsync(site.Id, requestId, fingerprint, () => JoinAsync(site, asked, schedule, ct), ct);
        var started = await FindEarlierAsync();

        if (started is null)
        {
            var key = new StreamKey(site.Id, Guid.CreateVersion7());
            var command = new RequestPreapproval(site.Id, key.Id, asked.Terms, asked.Personal, schedule, asked.SiteId);

            // Whoever was first at this very moment is there by now.
            started = await requests.StartAsync(key, requestId, fingerprint, null, (state, now) => SubscribeCustomerHandler.Handle(command, state, now), ct, asked.Personal.Customer?.Email)
                ?? await FindEarlierAsync()
                ?? throw Duplicate();
        }

        var state = await requests.SettledAsync(started, it => it.CreateAnswered || it.Status is PreapprovalStatus.Refused, ct)
            ?? (await store.AggregateAsync(started.Key, unseal: true, ct: ct))?.State as Preapproval;

        return state switch
        {
            { Status: PreapprovalStatus.Refused, LastRefusal: { } refusal } => throw new RuleViolation(refusal.Code, refusal.Text ?? "The gateway refused the preapproval."),
            { Gateway: not null } => PreapprovalAnswers.Say(state, StatusCodes.Status201Created, showRedirect: true),
            _ => throw new NotAnswered(),
        };
    });

    public Task<IResult> Change(HttpContext http, string id, CancellationToken ct) => GlobalPayCall.PreapprovalAsync(http, async () =>
    {
        var key = await FindAsync(http, id, ct);
        var requestId = GlobalPayCall.RequestId(http);
        var body = await GlobalPayCall.BodyAsync(http, ct);
        var fingerprint = GlobalPayCall.Fingerprint(http, body);
        var asked = PreapprovalRequestReader.Read(body);
        var schedule = ScheduleReader.Read(asked.Schedule, Serving(asked), money);

        Task<Started?> FindEarlierAsync() => requests.FindAsync(key.Tenant, requestId, fingerprint, () => AttachAsync(key, asked, schedule, ct), ct);
        var started = await FindEarlierAsync();

        if (started is null)
        {
            var command = new RequestChange(key.Tenant, key.Id, asked.Terms, asked.Personal, schedule, asked.SiteId);

            try
            {
                started = await requests.StartAsync(key, requestId, fingerprint, null, (state, now) => ChangePreapprovalHandler.Handle(command, Fitting(state!, asked), now), ct, asked.Personal.Customer?.Email)
                    ?? await FindEarlierAsync()
                    ?? throw new NotAnswered();
            }
            catch (RuleViolation violation) when (violation.Code == "action_in_progress")
            {
                // What is in progress may be this very change, asked for at the same moment.
                if (await FindEarlierAsync() is not { } twin)
                {
                    throw;
                }

                started = twin;
            }
        }

        var state = await requests.SettledAsync(started, it => it.Unsettled is null, ct) ?? throw new NotAnswered();

        return state.LastRefusal is { Operation: MandateOperation.Change } refusal
            ? throw new RuleViolation(refusal.Code, refusal.Text ?? "The gateway refused the change.")
            : PreapprovalAnswers.Say(state, StatusCodes.Status201Created, showRedirect: true);
    });

    public Task<IResult> Close(HttpContext http, string id, CancellationToken ct) => GlobalPayCall.PreapprovalAsync(http, async () =>
    {
        var key = await FindAsync(http, id, ct);
        var requestId = GlobalPayCall.RequestId(http);

        // Closing is final: whoever asks again joins the running one, or meets the same answer.
        var from = await closing.RequestAsync(key, new Metadata(requestId, requestId, $"storefront-{key.Tenant}"), ct);

        // A change that the close supersedes ends in the same commit: that is not the close's own end.
        var state = await requests.SettledAsync(
            new Started(key, from, null), it => it is { Status: PreapprovalStatus.Closed } or { Unsettled: null, LastRefusal.Operation: MandateOperation.Close }, ct) ?? throw new NotAnswered();

        return state.Status is PreapprovalStatus.Closed
            ? PreapprovalAnswers.Say(state, StatusCodes.Status200OK)
            : throw new RuleViolation(state.LastRefusal!.Code, state.LastRefusal.Text ?? "The gateway refused to close the preapproval.");
    });

    public Task<IResult> Get(HttpContext http, string id, CancellationToken ct) => GlobalPayCall.PreapprovalAsync(http, async () =>
    {
        var key = await FindAsync(http, id, ct);
        var snapshot = await store.AggregateAsync(key, unseal: true, ct: ct) ?? throw new NotThere();

        return PreapprovalAnswers.Say((Preapproval)snapshot.State, StatusCodes.Status200OK);
    });

    public Task<IResult> List(HttpContext http, CancellationToken ct) => GlobalPayCall.PreapprovalAsync(http, async () =>
    {
        var site = Storefront.SiteOf(http);
        var limit = GlobalPayQuery.Number(http.Request.Query, "limit", DefaultLimit, 1, MostLimit);
        var keys = new List<StreamKey>();

        await using (var command = books.CreateCommand(
            "select preapproval_id from subscriptions where tenant_id = $1 and gateway_preapproval_id is not null order by gateway_preapproval_id desc limit $2"))
        {
            command.Parameters.Add(new() { Value = site.Id });
            command.Parameters.Add(new() { Value = limit });
            await using var row = await command.ExecuteReaderAsync(ct);

            while (await row.ReadAsync(ct))
            {
                keys.Add(new StreamKey(site.Id, row.GetGuid(0)));
            }
        }

        // Limited detail needs the sealed query of a ReturnURL, so that the rows come from the streams.
        var states = await store.AggregateManyAsync(keys, unseal: true, ct);
        var rows = keys.Where(states.ContainsKey).Select(key => (Preapproval)states[key].State).Select(it => PreapprovalWriter.Limited(it.Gateway!, it.Terms, PreapprovalAnswers.Shown(it)));

        return GlobalPayCall.Say(new PreapprovalList { Preapprovals = [.. rows] }, GlobalPayJson.Answers.PreapprovalList, StatusCodes.Status200OK);
    });

    /// <exception cref="NotThere">Not a number, unknown, or another site's.</exception>
    private async Task<StreamKey> FindAsync(HttpContext http, string id, CancellationToken ct) =>
        GlobalPayQuery.Id(id) is { } number && await streams.ByGatewayIdAsync(Storefront.SiteOf(http).Id, number, ct) is { } key ? key : throw new NotThere();

    // A known MerchantPreapprovalID: the same request joins the one under way, anything else is a duplicate.
    private async Task<Started?> JoinAsync(Site site, PreapprovalRequest asked, ScheduleTerms? schedule, CancellationToken ct)
    {
        if (await streams.ByMerchantPreapprovalIdAsync(site.Id, asked.Terms.MerchantPreapprovalId, ct) is not { } key
            || (await store.AggregateAsync(key, unseal: true, ct: ct))?.State is not Preapproval state)
        {
            return null;
        }

        return state.Unsettled is { Operation: MandateOperation.Create } running && running.Terms == asked.Terms && running.Personal == asked.Personal && running.Schedule == schedule
            ? new Started(key, 0, null)
            : throw Duplicate();
    }

    private async Task<Started?> AttachAsync(StreamKey key, PreapprovalRequest asked, ScheduleTerms? schedule, CancellationToken ct)
    {
        var snapshot = await store.AggregateAsync(key, unseal: true, ct: ct);

        return snapshot?.State is Preapproval { Unsettled: { Operation: MandateOperation.Change } running }
            && running.Terms == asked.Terms && running.Personal == asked.Personal && running.Schedule == schedule
            ? new Started(key, snapshot.Version, null)
            : null;
    }

    private static Preapproval Fitting(Preapproval state, PreapprovalRequest asked)
    {
        if (state.Terms.MerchantPreapprovalId != asked.Terms.MerchantPreapprovalId)
        {
            throw new RuleViolation("104", "Merchant preapproval ID is invalid: it is another one's. Send the one that this preapproval was created with.");
        }

        return state.Terms.MethodId == asked.Terms.MethodId ? state : throw new RuleViolation("111", "Method ID is invalid for preapproval: it cannot be changed.");
    }

    private MethodProfile Serving(PreapprovalRequest asked) => profiles.Of(asked.Terms.MethodId) is var profile && profile.Serves(asked.Personal.BillingAddress?.Country)
        ? profile
        : throw new RuleViolation("19", "Country is invalid: this method does not serve it.");

    private static RuleViolation Duplicate() => new("109", "Merchant preapproval ID is duplicated.");
}
