using Billing.Api.Hosting;
using Billing.Api.Hosting.Sites;
using Billing.Domain.Explanations;
using Billing.Domain.Preapprovals;

namespace Billing.Api.Explanations;

/// <summary>One charge that was in flight at the close.</summary>
/// <param name="AtClose">stopped, too_late or unknown.</param>
/// <param name="Now">What is known by now: requested, unknown, stopped, pending, failed or charged.</param>
/// <param name="LearntFrom">answer, notification or look_up; null while nothing was learnt since.</param>
/// <param name="Last">The last event about it since the close.</param>
public sealed record ClosingChargeView(
    string MerchantTransactionId, DateOnly? DueOn, int Attempt, long AmountMinor, string Currency, string AtClose,
    string Now,
    string? LearntFrom, FactView? Last, string Sentence);

/// <summary>GET /v1/subscriptions/{id}/closing: the receipt of a close, from events alone.</summary>
/// <param name="Standing">not_asked, under_way, unknown, refused or closed.</param>
/// <param name="ClosedBy">merchant or customer.</param>
/// <param name="Requests">How often the merchant asked; this is of the last time.</param>
/// <param name="GatewayConfirmed">The gateway has said that it is closed.</param>
/// <param name="LearntFrom">How the confirmation came: answer, notification, look_up or operator.</param>
/// <param name="Code">The gateway's code where it refused.</param>
/// <param name="NextLookUpAt">Business time, while unknown.</param>
public sealed record ClosingView(
    Guid SubscriptionId, string Standing, string? ClosedBy, int Requests, FactView? Asked, FactView? Confirmed,
    FactView? Refused,
    bool GatewayConfirmed, string? LearntFrom, string? Code, string? Symptom, DateTimeOffset? NextLookUpAt,
    string? Owner,
    IReadOnlyList<ClosingChargeView> Charges, IReadOnlyList<DateOnly> RetriesEnded, IReadOnlyList<string> Sentences)
{
    public static async Task<IResult> Get(HttpContext http, Guid id, EventHistory history, CancellationToken ct)
    {
        var receipt = CloseReceipt.Of(await history.OfAsync(Storefront.SiteOf(http).Id, id, ct));

        return Results.Json(Of(id, receipt), ExplanationJsonContext.Default.ClosingView);
    }

    private static ClosingView Of(Guid id, CloseReceipt receipt)
    {
        var (closed, failed) = (receipt.Ended?.Event as PreapprovalClosed, receipt.Ended?.Event as CloseFailed);

        return new(
            id, receipt.Standing, receipt.ClosedBy?.ToString().ToLowerInvariant(), receipt.Requests,
            FactView.Of(receipt.Asked),
            closed is null ? null : FactView.Of(receipt.Ended), failed is null ? null : FactView.Of(receipt.Ended),
            closed is { LearntFrom: not Domain.Preapprovals.LearntFrom.Operator },
            Word(closed?.LearntFrom), failed?.Code, receipt.Unknown?.Symptom, receipt.Unknown?.NextLookUpAt,
            receipt.Unknown?.Owner,
            [.. receipt.Charges.Select(Of)], receipt.RetriesEnded, receipt.Sentences);
    }

    private static ClosingChargeView Of(ClosedCharge charge)
    {
        var (id, amount) = (charge.Then.Id, charge.Then.Amount);

        return new(
            id.MerchantTransactionId, id.Period?.DueOn, id.Attempt, amount.Minor, amount.Currency, charge.AtClose,
            charge.Now.ToString().ToLowerInvariant(), Word((charge.Last?.Event as PaymentEvent)?.LearntFrom),
            FactView.Of(charge.Last),
            charge.Sentence);
    }

    private static string? Word(Domain.Preapprovals.LearntFrom? from) =>
        from is Domain.Preapprovals.LearntFrom.LookUp ? "look_up" : from?.ToString().ToLowerInvariant();
}
