using Billing.Api.Attention;
using Billing.Api.Charges;
using Billing.Api.Explanations;
using Billing.Api.GlobalPayApi;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Sites;
using Billing.Api.Imports;
using Billing.Api.Notifications;
using Billing.Api.Operations;
using Billing.Api.PriceChanges;
using Billing.Api.Reports;
using Billing.Api.SubscriptionsApi;
using Billing.Gateway.Wire;

namespace Billing.Api;

/// <summary>Table of contents: one line per route. The PHP client's trailing slash is accepted too.</summary>
public static class Endpoints
{
    public static void MapBilling(this WebApplication app)
    {
        var preapprovals = app.Services.GetRequiredService<PreapprovalEndpoints>();
        var payments = app.Services.GetRequiredService<PaymentEndpoints>();
        var refunds = app.Services.GetRequiredService<RefundEndpoints>();
        var subscriptions = app.Services.GetRequiredService<SubscriptionEndpoints>();
        var upcoming = app.Services.GetRequiredService<UpcomingCharges>();
        var explain = app.Services.GetRequiredService<ExplainEndpoints>();
        var schedules = app.Services.GetRequiredService<ScheduleEndpoints>();

        var globalPay = app.MapGroup("/v1").RequireStorefront().WithTags("GlobalPay-shaped");
        globalPay.MapPost("/preapprovals", preapprovals.Create)
            .WithSummary("Create a preapproval; Schedule is our extension")
            .Speaks<PreapprovalEnvelope>(201, 400, 401, 504);
        globalPay.MapGet("/preapprovals", preapprovals.List).WithSummary("List preapprovals, newest first")
            .Answers<PreapprovalList>(200, 401);
        globalPay.MapGet("/preapprovals/{id}", preapprovals.Get).WithSummary("One preapproval")
            .Answers<PreapprovalEnvelope>(200, 401, 404);
        globalPay.MapPatch("/preapprovals/{id}", preapprovals.Change).WithSummary("Change a preapproval")
            .Speaks<PreapprovalEnvelope>(201, 400, 401, 404, 412, 422, 504);
        globalPay.MapDelete("/preapprovals/{id}", preapprovals.Close).WithSummary("Close a preapproval")
            .Answers<PreapprovalEnvelope>(200, 400, 401, 404, 412, 504);
        globalPay.MapGet("/preapprovals/{id}/payments", payments.OfPreapproval)
            .WithSummary("The payments of a preapproval")
            .Answers<PaymentList>(200, 401, 404);
        globalPay.MapPost("/payments/recurrent", payments.Charge)
            .WithSummary("Charge a preapproval; 201 with Status 7 and no ID while the outcome is unknown")
            .Speaks<PaymentEnvelope>(201, 400, 401, 412);
        globalPay.MapGet("/payments", payments.List).WithSummary("List payments, newest first")
            .Answers<PaymentList>(200, 400, 401);
        globalPay.MapGet("/payments/{id}", payments.Get).WithSummary("One payment")
            .Answers<PaymentEnvelope>(200, 401, 404);
        globalPay.MapPost("/payments/{id}/refunds", refunds.Create)
            .WithSummary("Pay back some or all of a payment; the result comes later")
            .Speaks<RefundEnvelope>(201, 400, 401, 404, 412);
        globalPay.MapGet("/payments/{id}/refunds", refunds.List)
            .WithSummary("The refunds of a payment, newest first, also those made elsewhere")
            .Answers<RefundList>(200, 401, 404);
        globalPay.MapGet("/payments/{id}/refunds/types", refunds.Types)
            .WithSummary("How a refund of this payment would go, and what it needs")
            .Answers<RefundTypeList>(200, 401, 404, 504);
        globalPay.MapGet("/payments/{id}/refunds/{refundId}", refunds.Get).WithSummary("One refund")
            .Answers<RefundEnvelope>(200, 401, 404);

        var ours = app.MapGroup("/v1/subscriptions").RequireStorefront().WithTags("Subscriptions");
        ours.MapGet("/", subscriptions.List).WithSummary("Subscriptions, newest first")
            .Answers<SubscriptionPage>(200, 401, 422);
        ours.MapPost("/search", FindByEmail.Handle)
            .WithSummary("The subscriptions of one e-mail address")
            .Accepts<FindByEmail>("application/json")
            .Answers<SubscriptionPage>(200, 401, 422);
        ours.MapGet("/{id:guid}", subscriptions.Get).WithSummary("One subscription")
            .Answers<SubscriptionView>(200, 401, 404);
        ours.MapGet("/{id:guid}/payments", subscriptions.Payments).WithSummary("Every attempt to collect, oldest first")
            .Answers<PaymentViews>(200, 401, 404);
        ours.MapGet("/{id:guid}/events", subscriptions.Events)
            .WithSummary("The stream as recorded; what is sealed is left out")
            .Answers<EventViews>(200, 401, 404);
        ours.MapPost("/{id:guid}/pause", schedules.Pause)
            .WithSummary("Pause until a day, or until resumed; what falls due meanwhile is skipped or collected")
            .Accepts<PauseRequest>(isOptional: true, "application/json")
            .Answers<SubscriptionView>(200, 401, 404, 412, 422);
        ours.MapPost("/{id:guid}/resume", schedules.Resume).WithSummary("Go on with the next due date")
            .Answers<SubscriptionView>(200, 401, 404, 412, 422);
        ours.MapGet("/{id:guid}/upcoming", upcoming.Get).WithSummary("What will be charged, as things stand")
            .Answers<UpcomingView>(200, 401, 404, 422);
        ours.MapPost("/{id:guid}/skip", schedules.Skip)
            .WithSummary("Skip one period before it is due; without dueOn the next one")
            .Accepts<SkipRequest>(isOptional: true, "application/json").Answers<UpcomingView>(200, 401, 404, 412, 422);
        ours.MapDelete("/{id:guid}/skip", schedules.Reinstate)
            .WithSummary("Take a skip back, before it is due; without dueOn that of the next due date")
            .Answers<UpcomingView>(200, 401, 404, 412, 422);
        ours.MapPost("/{id:guid}/schedule", schedules.Change)
            .WithSummary("Another price, interval or end, from a day on or at once; the customer is not asked again")
            .Accepts<ScheduleChangeRequest>("application/json").Answers<UpcomingView>(200, 401, 404, 412, 422);
        ours.MapDelete("/{id:guid}/schedule/planned", schedules.CancelPlannedChange)
            .WithSummary("Take a planned change back")
            .Answers<UpcomingView>(200, 401, 404, 412, 422);
        ours.MapPost("/{id:guid}/retry", schedules.Retry)
            .WithSummary("Retry an unpaid period now; without dueOn the oldest one")
            .Accepts<RetryRequest>(isOptional: true, "application/json")
            .Answers<UpcomingView>(200, 401, 404, 412, 422);
        ours.MapGet("/{id:guid}/closing", ClosingView.Get)
            .WithSummary("The receipt of a close: which charges it stopped, which were too late, which are unknown")
            .Answers<ClosingView>(200, 401, 404);
        ours.MapGet("/{id:guid}/explain", explain.OfDate)
            .WithSummary("Why a date was charged, or why not; without date today")
            .Answers<ExplanationView>(200, 401, 404, 422);
        ours.MapPost("/{id:guid}/charges", subscriptions.Charge)
            .WithSummary("Charge now; the same merchantTransactionId is charged once")
            .Accepts<ChargeNowRequest>("application/json").Answers<PaymentView>(201, 202, 401, 404, 412, 422);

        app.MapGroup("/v1/payments")
            .RequireStorefront()
            .WithTags("Subscriptions")
            .MapGet("/{id}/explain", explain.OfPayment)
            .WithSummary(
                "Why a payment was asked for and what became of it; by the gateway's id or the MerchantTransactionID")
            .Answers<ExplanationView>(200, 401, 404);

        var notifications = app.Services.GetRequiredService<NotificationEndpoints>();
        var log = app.MapGroup("/v1/notifications").RequireStorefront().WithTags("Notifications");
        log.MapGet("/", notifications.List)
            .WithSummary("Notifications of the gateway and what was done with them, newest first")
            .Answers<NotificationPage>(200, 401, 422);
        log.MapGet("/{id:guid}", notifications.Get).WithSummary("One notification; nothing personal")
            .Answers<NotificationView>(200, 401, 404);

        app.MapGroup("/v1/attention").RequireStorefront().WithTags("Operations")
            .MapGet("/", app.Services.GetRequiredService<AttentionEndpoint>().List)
            .WithSummary("What waits for a person, oldest first, with the commands that settle it")
            .Answers<AttentionPage>(200, 401, 422);

        app.MapGroup("/v1/feed").RequireStorefront().WithTags("Subscriptions").MapGet("/", FeedView.Get)
            .WithSummary("Every event of the site, oldest first; go on after 'next'").Answers<FeedView>(200, 401, 422);

        var reports = app.Services.GetRequiredService<ReportEndpoints>();
        var ofSite = app.MapGroup("/v1/reports").RequireStorefront().WithTags("Reports");
        ofSite.MapGet("/payments-by-day", reports.PaymentsByDay)
            .WithSummary("Charges, refunds, disputes and what went back, by day in UTC; JSON, CSV or NDJSON")
            .Answers<PaymentsByDay>(200, 401, 406, 422, 503);
        ofSite.MapGet("/recurring-revenue", reports.RecurringRevenue)
            .WithSummary("Monthly recurring revenue and what changed it, by month; JSON, CSV or NDJSON")
            .Answers<RevenueByMonth>(200, 401, 406, 422, 503);
        ofSite.MapGet("/arrears", reports.Arrears)
            .WithSummary("What is due and not paid, by age; JSON, CSV or NDJSON")
            .Answers<ArrearsNow>(200, 401, 406, 422, 503);

        var prices = app.Services.GetRequiredService<PriceChangeEndpoints>();
        var ofPrices = app.MapGroup("/v1/price-changes").RequireStorefront().WithTags("Price changes");
        ofPrices.MapPost("/", prices.Create)
            .WithSummary("A new price for many subscriptions: begins the dry run, which changes nothing")
            .Accepts<PriceChangeRequest>("application/json").Answers<PriceChangeView>(202, 401, 422);
        ofPrices.MapGet("/", prices.List).WithSummary("Price changes, newest first")
            .Answers<PriceChangePage>(200, 401, 422);
        ofPrices.MapGet("/{id:guid}", prices.Get)
            .WithSummary("One price change: how far it is, and its counts and sums")
            .Answers<PriceChangeView>(200, 401, 404);
        ofPrices.MapGet("/{id:guid}/refused", prices.Refused)
            .WithSummary("The subscriptions that it does not change, and why")
            .Answers<RefusedSubscriptionPage>(200, 401, 404, 422);
        ofPrices.MapPost("/{id:guid}/run", prices.Run)
            .WithSummary("Run it, after the dry run; repeating it changes nothing")
            .Answers<PriceChangeView>(202, 401, 404, 422);
        ofPrices.MapPost("/{id:guid}/cancel", prices.Cancel)
            .WithSummary("Stop it and take back what it has planned; what is in force stays")
            .Answers<PriceChangeView>(202, 401, 404, 422);

        var imports = app.Services.GetRequiredService<ImportEndpoints>();
        var imported = app.MapGroup("/v1/imports").RequireStorefront().WithTags("Imports");
        imported.MapPost("/", imports.Create)
            .WithSummary("Import subscriptions that another system has charged so far; NDJSON or CSV, one row each")
            .AddOpenApiOperationTransformer(ImportEndpoints.DescribeFile).Answers<ImportView>(202, 401, 415, 422);
        imported.MapGet("/{id:guid}", imports.Get).WithSummary("How far an import is")
            .Answers<ImportView>(200, 401, 404);
        imported.MapGet("/{id:guid}/rows", imports.Rows)
            .WithSummary("Its rows and what became of them; state=refused says why")
            .Answers<ImportRowPage>(200, 401, 404, 422);
        imported.MapPost("/{id:guid}/run", imports.Run).WithSummary("Import what a dry run has found nothing against")
            .Answers<ImportView>(202, 401, 404, 422);
        imported.MapPost("/{id:guid}/cancel", imports.Cancel).WithSummary("Stop what is not imported yet")
            .Answers<ImportView>(200, 401, 404, 422);

        app.MapPost("/v1/notifications", NotificationEndpoint.Handle)
            .WithTags("Gateway")
            .WithSummary("Notifications of the gateway: Basic auth with the gateway's key")
            .Produces(204)
            .Produces<MessageBody>(400)
            .Produces<MessageBody>(401)
            .Produces<MessageBody>(403)
            .Produces<MessageBody>(413)
            .Produces<MessageBody>(429)
            .Produces<MessageBody>(503);

        app.MapDeadLetters();
        app.MapHealth();
    }

    private static RouteHandlerBuilder Speaks<T>(
        this RouteHandlerBuilder route, int success, params ReadOnlySpan<int> others)
        where T : notnull => route.Accepts<T>("application/json").Answers<T>(success, others);

    private static RouteHandlerBuilder Answers<T>(
        this RouteHandlerBuilder route, int success, params ReadOnlySpan<int> others)
    {
        route.Produces<T>(success);

        foreach (var other in others)
        {
            route.Produces(other);
        }

        return route;
    }
}
