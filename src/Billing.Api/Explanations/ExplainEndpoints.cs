using Billing.Api.Hosting;
using Billing.Api.Hosting.Sites;

namespace Billing.Api.Explanations;

/// <summary>GET /v1/subscriptions/{id}/explain and /v1/payments/{id}/explain.</summary>
public sealed class ExplainEndpoints(Explainer explainer)
{
    /// <param name="date">yyyy-MM-dd; omitted: today in the schedule's zone.</param>
    public async Task<IResult> OfDate(HttpContext http, Guid id, CancellationToken ct, string? date = null) =>
        Json(await explainer.OfDateAsync(Storefront.SiteOf(http).Id, id, date, ct));

    /// <param name="id">The gateway's numeric id of the payment, or its MerchantTransactionID.</param>
    public async Task<IResult> OfPayment(HttpContext http, string id, CancellationToken ct) =>
        await explainer.OfPaymentAsync(
            Storefront.SiteOf(http).Id, id.Replace("\0", "", StringComparison.Ordinal), ct) is { } explained
            ? Json(explained)
            : Problems.Say(StatusCodes.Status404NotFound, "not_found", "There is no such payment on this site.");

    private static IResult Json(ExplanationView view) =>
        Results.Json(view, ExplanationJsonContext.Default.ExplanationView);
}
