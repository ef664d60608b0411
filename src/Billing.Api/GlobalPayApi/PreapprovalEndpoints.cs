using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Mandates;
using Billing.Api.Hosting.Sites;
using Billing.Api.Hosting.Streams;
using Billing.Domain;
using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;
using Billing.Domain.Scheduling;
using Billing.Gateway.Requests;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;
using Marten;

namespace Billing.Api.GlobalPayApi;

/// <summary>
/// /v1/preapprovals: a GlobalPay storefront changes only base address and key (docs/globalpay.md section 6).
/// </summary>
public sealed class PreapprovalEndpoints(
    IDocumentStore store, StreamDirectory directory, StreamRequests requests, PreapprovalStreams streams,
    PreapprovalRows rows, MandateCalls mandates, WireMoney money, MethodProfiles profiles,
    BusinessClock clock)
{
    private const int DefaultLimit = 50;
    private const int MostLimit = 1_000;

    public Task<IResult> Create(HttpContext http, CancellationToken ct) =>
        GlobalPayCall.PreapprovalAsync(http, async () =>
        {
            var site = Storefront.SiteOf(http);
            var requestId = GlobalPayCall.RequestId(http);
            var body = await GlobalPayCall.BodyAsync(http, ct);
            var fingerprint = GlobalPayCall.Fingerprint(http, body);
            var asked = PreapprovalRequestReader.Read(body);
            ScheduleReader.CheckName(body);
            var schedule = PreapprovalDecider.ScheduleMeant(
                null, ScheduleReader.Read(asked.Schedule, Serving(asked), money), asked.Schedule?.Revision,
                clock.GetUtcNow());

            Task<Started?> FindEarlierAsync(bool isTwin) => requests.FindAsync(
                site.Id, requestId, fingerprint, () => JoinAsync(site, asked, schedule, isTwin, ct), ct);
            var started = await FindEarlierAsync(isTwin: false);

            var id = Guid.CreateVersion7();
            started ??= await requests.StartAsync(
                    site.Id, id, requestId, fingerprint, null,
                    (it, now, window) => PreapprovalDecider.Request(
                        it, id, asked.Terms, asked.Personal.Unsealed(), schedule, asked.SiteId, now, window, profiles),
                    (window, decided) => mandates.SendNewAsync(site.Id, decided, window), ct,
                    asked.Personal.Customer?.Value?.Email)
                ?? await FindEarlierAsync(isTwin: true)
                ?? throw Duplicate();

            var state = await requests.SettledAsync(
                site.Id, started, it => it.CreateAnswered || it.Status is PreapprovalStatus.Refused, ct)
                ?? await requests.OpenedAsync(site.Id, started.PreapprovalId, ct);

            return state switch
            {
                { Status: PreapprovalStatus.Refused, LastRefusal: { } refusal } => throw new RuleViolation(
                    refusal.Code, refusal.Text?.Value ?? "The gateway refused the preapproval."),
                { Gateway: not null } =>
                    PreapprovalAnswers.Say(http, state, StatusCodes.Status201Created, showRedirect: true),
                _ => throw new GatewayTimeoutException(state.Unsettled?.Call),
            };
        });

    public Task<IResult> Change(HttpContext http, string id, CancellationToken ct) =>
        GlobalPayCall.PreapprovalAsync(http, async () =>
        {
            var (site, preapproval) = await FindAsync(http, id, ct);
            var requestId = GlobalPayCall.RequestId(http);
            var body = await GlobalPayCall.BodyAsync(http, ct);
            var fingerprint = GlobalPayCall.Fingerprint(http, body);
            var asked = PreapprovalRequestReader.Read(body);
            ScheduleReader.CheckName(body);
            var schedule = ScheduleReader.Read(asked.Schedule, Serving(asked), money);

            Task<Started?> FindEarlierAsync() => requests.FindAsync(
                site, requestId, fingerprint, () => AttachAsync(site, preapproval, asked, schedule, ct), ct);
            var started = await FindEarlierAsync();

            if (started is null)
            {
                try
                {
                    started = await requests.StartAsync(
                            site, preapproval, requestId, fingerprint, null,
                            (it, now, window) => PreapprovalDecider.RequestChange(
                                PreapprovalRepeats.Fitting(it!, asked), asked.Terms, asked.Personal,
                                PreapprovalDecider.ScheduleMeant(it, schedule, asked.Schedule?.Revision, now),
                                asked.SiteId, now, window, profiles),
                            (window, _) => mandates.SendAsync(site, preapproval, window), ct,
                            asked.Personal.Customer?.Value?.Email, IfMatch.Of(http.Request))
                        ?? await FindEarlierAsync()
                        ?? throw new GatewayTimeoutException();
                }
                catch (RuleViolation violation) when (violation.Code is "action_in_progress" or IfMatch.Code)
                {
                    // What is in progress, or moved the version, may be this very change, asked for at the same moment.
                    if (await FindEarlierAsync() is not { } twin)
                    {
                        throw;
                    }

                    started = twin;
                }
            }

            var state = await requests.SettledAsync(site, started, it => it.Unsettled is null, ct)
                ?? throw await UnknownAsync(site, started, ct);

            if (state.LastRefusal is { Operation: MandateOperation.Change, Code: PreapprovalDecider.CustomerForgotten })
            {
                throw PreapprovalDecider.Forgotten();
            }

            return state.LastRefusal is { Operation: MandateOperation.Change } refusal
                ? throw new RuleViolation(refusal.Code, refusal.Text?.Value ?? "The gateway refused the change.")
                : PreapprovalAnswers.Say(http, state, StatusCodes.Status201Created, showRedirect: true);
        });

    public Task<IResult> Close(HttpContext http, string id, CancellationToken ct) =>
        GlobalPayCall.PreapprovalAsync(http, async () =>
        {
            var (site, preapproval) = await FindAsync(http, id, ct);

            // Checked, and not stored: closing is final, so that a repeat needs no id.
            _ = GlobalPayCall.RequestId(http);
            var started = await CloseAsync(site, preapproval, IfMatch.Of(http.Request), ct);

            // A change that the close supersedes ends in the same commit: that is not the close's own end.
            var state = await requests.SettledAsync(
                site, started, it => it is { Status: PreapprovalStatus.Closed }
                    or { Unsettled: null, LastRefusal.Operation: MandateOperation.Close }, ct)
                ?? throw await UnknownAsync(site, started, ct);

            return state.Status is PreapprovalStatus.Closed
                ? PreapprovalAnswers.Say(http, state, StatusCodes.Status200OK)
                : throw new RuleViolation(
                    state.LastRefusal!.Code,
                    state.LastRefusal.Text?.Value ?? "The gateway refused to close the preapproval.");
        });

    public Task<IResult> Get(HttpContext http, string id, CancellationToken ct) =>
        GlobalPayCall.PreapprovalAsync(http, async () =>
        {
            var (site, preapproval) = await FindAsync(http, id, ct);

            return PreapprovalAnswers.Say(
                http, await requests.OpenedAsync(site, preapproval, ct), StatusCodes.Status200OK);
        });

    public Task<IResult> List(HttpContext http, CancellationToken ct) =>
        GlobalPayCall.PreapprovalAsync(http, async () =>
        {
            var site = Storefront.SiteOf(http);
            var limit = GlobalPayQuery.Number(http.Request.Query, "limit", DefaultLimit, 1, MostLimit);
            var found = await rows.NewestAsync(site.Id, limit, ct);

            return GlobalPayCall.Say(
                new PreapprovalList { Preapprovals = [.. found] }, GlobalPayJson.Answers.PreapprovalList,
                StatusCodes.Status200OK);
        });

    // Closing is final: a repeat joins the running close, or gets the same answer. A closed one needs no call.
    private async Task<Started> CloseAsync(string site, Guid preapproval, IfMatch? ifMatch, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);

        if (await PreapprovalStreams.FindAsync(session, preapproval, ct) is
            { Status: PreapprovalStatus.Closed or PreapprovalStatus.Closing } state)
        {
            return new Started(
                preapproval, state.Status is PreapprovalStatus.Closed ? state.Version - 1 : state.Version, null);
        }

        return await requests.StartAsync(
                site, preapproval, null, [], null,
                (it, now, window) => PreapprovalDecider.RequestClose(it!, now, window),
                (window, _) => mandates.SendAsync(site, preapproval, window), ct, ifMatch: ifMatch)
            ?? await CloseAsync(site, preapproval, ifMatch, ct);
    }

    /// <exception cref="NotFoundException">Not a number, unknown, or another site's.</exception>
    private async Task<(string Site, Guid Id)> FindAsync(HttpContext http, string id, CancellationToken ct)
    {
        var site = Storefront.SiteOf(http).Id;

        return GlobalPayQuery.Id(id) is { } number
            && await directory.ByGatewayIdAsync(site, number, ct) is { } preapproval
            ? (site, preapproval)
            : throw new NotFoundException();
    }

    private async Task<GatewayTimeoutException> UnknownAsync(string site, Started started, CancellationToken ct) =>
        new((await requests.OpenedAsync(site, started.PreapprovalId, ct)).Unsettled?.Call);

    // A known MerchantPreapprovalID: the same request joins the create that its storefront has no answer to; anything
    // else is a duplicate. A twin came before the first was answered, also where it looks after that.
    private async Task<Started?> JoinAsync(
        Site site, PreapprovalRequest asked, ScheduleTerms? schedule, bool isTwin, CancellationToken ct)
    {
        if (await directory.ByMerchantPreapprovalIdAsync(site.Id, asked.Terms.MerchantPreapprovalId, ct) is not { } id)
        {
            return null;
        }

        await using var session = store.QuerySession(site.Id);
        var events = await streams.ReadOpenedAsync(session, id, ct);
        var isAnswered = events.TakeWhile(stored => !PreapprovalRepeats.IsLostToItsStorefront(stored.Data))
            .Any(stored => stored.Data is PreapprovalRegistered { LearntFrom: LearntFrom.Answer });

        return (isTwin || !isAnswered) && events[0].Data is PreapprovalRequested first
            && PreapprovalRepeats.IsSame(first, asked, schedule)
            ? new Started(id, 0, null)
            : throw Duplicate();
    }

    private async Task<Started?> AttachAsync(
        string site, Guid id, PreapprovalRequest asked, ScheduleTerms? schedule, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);
        var events = await streams.ReadOpenedAsync(session, id, ct);

        var state = PreapprovalStreams.Fold(events);

        return state?.Unsettled is { Operation: MandateOperation.Change, Call.Owner: null } running
            && PreapprovalRepeats.IsSame(
                running, asked,
                PreapprovalDecider.ScheduleMeant(state, schedule, asked.Schedule?.Revision, clock.GetUtcNow()))
            ? new Started(id, events[^1].Version, null)
            : null;
    }

    private MethodProfile Serving(PreapprovalRequest asked) =>
        profiles.Of(asked.Terms.MethodId) is var profile && profile.Serves(asked.Terms.Country)
            ? profile
            : throw new RuleViolation("19", "Country is invalid: this method does not serve it.");

    private static RuleViolation Duplicate() => new("109", "Merchant preapproval ID is duplicated.");
}
