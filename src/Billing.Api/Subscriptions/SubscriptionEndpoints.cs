using System.Globalization;
using System.Text.Json;
using Billing.Api.Audit;
using Billing.Api.Charging;
using Billing.Api.GlobalPay;
using Billing.Api.Pausing;
using Billing.Api.Payments;
using Billing.Api.Refunds;
using Billing.Api.Sites;
using Billing.Domain;
using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;
using Billing.EventStore;
using Billing.Messaging;

namespace Billing.Api.Subscriptions;

/// <summary>/v1/subscriptions: ours, by web conventions: camelCase, RFC 3339, integer minor units, problem+json.</summary>
public sealed class SubscriptionEndpoints(SubscriptionViews views, PaymentHistory history, RefundHistory refunds, EventStore.EventStore store, StreamRequests requests, MessageBus bus, MethodProfiles profiles)
{
    private const string DefaultLimit = "50";
    private const int MostLimit = 200;
    private static readonly string[] Statuses = ["requested", "pending", "open", "closing", "closed", "refused", "abandoned"];

    public Task<IResult> List(HttpContext http, CancellationToken ct, string? status = null, string? merchantPreapprovalId = null, string? after = null, string? limit = null) => Problems.GuardAsync(async () =>
    {
        (DateTimeOffset, Guid)? cursor = null;

        if (after is not null)
        {
            cursor = Cursor.TryRead(after, out var read) ? read : throw new RuleViolation("cursor_invalid", "The cursor is not one that a page has given. Start without 'after'.");
        }

        // Read here and not by the framework, whose refusal is an empty 400.
        if (!int.TryParse(limit ?? DefaultLimit, NumberStyles.None, CultureInfo.InvariantCulture, out var most) || most is < 1 or > MostLimit)
        {
            throw new RuleViolation("limit_invalid", $"The limit must be a whole number from 1 to {MostLimit}.");
        }

        if (status is not null && !Statuses.Contains(status))
        {
            throw new RuleViolation("status_invalid", $"The status must be one of {string.Join(", ", Statuses)}.");
        }

        return Results.Json(await views.ListAsync(Storefront.SiteOf(http).Id, status, merchantPreapprovalId?.Replace("\0", "", StringComparison.Ordinal), cursor, most, ct), OurJson.Default.SubscriptionPage);
    });

    public Task<IResult> Get(HttpContext http, Guid id, CancellationToken ct) => Problems.GuardAsync(async () => Say(await FindAsync(http, id, ct)));

    public Task<IResult> Payments(HttpContext http, Guid id, CancellationToken ct) => Problems.GuardAsync(async () =>
    {
        var it = await FindAsync(http, id, ct);
        var rows = await history.OfPreapprovalAsync(Storefront.SiteOf(http).Id, it.Id, ct);
        var paidBack = await refunds.OfPreapprovalAsync(Storefront.SiteOf(http).Id, it.Id, ct);

        return Results.Json(new PaymentViews([.. rows.Select(row => PaymentView.Of(row, paidBack[row.MerchantTransactionId]))]), OurJson.Default.PaymentViews);
    });

    public Task<IResult> Events(HttpContext http, Guid id, CancellationToken ct) => Problems.GuardAsync(async () =>
    {
        var it = await FindAsync(http, id, ct);
        var events = await store.ReadStreamAsync(new StreamKey(Storefront.SiteOf(http).Id, it.Id), ct: ct);

        return Results.Json(new EventViews([.. events.Select(EventView.Of)]), OurJson.Default.EventViews);
    });

    public Task<IResult> Pause(HttpContext http, Guid id, CancellationToken ct) => InvokeAsync(http, id, (tenant, stream) => new PauseSchedule(tenant, stream), ct);

    public Task<IResult> Resume(HttpContext http, Guid id, CancellationToken ct) => InvokeAsync(http, id, (tenant, stream) => new ResumeSchedule(tenant, stream), ct);

    /// <summary>Charge now. The caller's merchantTransactionId makes a repeat harmless: the same one is charged once and answered alike.</summary>
    public Task<IResult> Charge(HttpContext http, Guid id, CancellationToken ct) => Problems.GuardAsync(async () =>
    {
        var site = Storefront.SiteOf(http);
        var it = await FindAsync(http, id, ct);
        var body = await RequestBody.ReadAsync(http.Request, GlobalPayCall.MostBytes, ct) ?? throw new TooLarge();
        var asked = ChargeNowRequest.Read(body, it.Schedule);
        var key = new StreamKey(site.Id, id);
        var money = new Money(asked.AmountMinor!.Value, asked.Currency!);
        http.RequestServices.GetRequiredService<Gateway.Translation.WireMoney>().ChargeToWire(money);

        var started = await requests.StartAsync(key, null, [], asked.MerchantTransactionId, (state, now) => Decide(site.Id, state!, asked, money, profiles, now), ct)
            ?? throw new RuleViolation("merchant_transaction_id_taken", "Another subscription has a charge with this merchantTransactionId. Choose a new one.");
        var settled = await requests.SettledAsync(
            started with { FromVersion = 0 }, state => state.Charges.GetValueOrDefault(asked.MerchantTransactionId!) is { State: not MoneyState.Requested }, ct);

        var row = (await history.OfPreapprovalAsync(site.Id, id, ct)).First(charge => charge.MerchantTransactionId == asked.MerchantTransactionId);

        return Results.Json(PaymentView.Of(row, []), OurJson.Default.PaymentView, statusCode: settled is null ? StatusCodes.Status202Accepted : StatusCodes.Status201Created);
    });

    private static (Events, OutgoingMessages) Decide(string tenant, Preapproval state, ChargeNowRequest asked, Money money, MethodProfiles profiles, DateTimeOffset now)
    {
        if (state.Charges.GetValueOrDefault(asked.MerchantTransactionId!) is { } known && known.Amount != money)
        {
            throw new RuleViolation("merchant_transaction_id_taken", "This merchantTransactionId was used for another amount. Choose a new one for a new charge.");
        }

        var events = PreapprovalDecider.ChargeNow(state, asked.MerchantTransactionId!, money, asked.Description, null, null, now, profiles);

        return ([.. events], Submissions.For(tenant, state, events));
    }

    private Task<IResult> InvokeAsync(HttpContext http, Guid id, Func<string, Guid, object> command, CancellationToken ct) => Problems.GuardAsync(async () =>
    {
        var tenant = Storefront.SiteOf(http).Id;
        await FindAsync(http, id, ct);
        await bus.InvokeAsync(command(tenant, id), new Metadata(UserName: $"storefront-{tenant}"), ct);

        return Say(await FindAsync(http, id, ct));
    });

    private async Task<SubscriptionView> FindAsync(HttpContext http, Guid id, CancellationToken ct) => await views.FindAsync(Storefront.SiteOf(http).Id, id, ct) ?? throw new NotThere();

    private static IResult Say(SubscriptionView view) => Results.Json(view, OurJson.Default.SubscriptionView);
}
