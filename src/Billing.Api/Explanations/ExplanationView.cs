using System.Globalization;
using Billing.Api.GlobalPay;
using Billing.Api.Payments;
using Billing.Api.Sites;
using Billing.Api.Subscriptions;
using Billing.Domain;
using Billing.Domain.Explanations;
using Billing.Domain.Preapprovals;
using Billing.EventStore;

namespace Billing.Api.Explanations;

/// <summary>One event that an explanation rests on, and what it says.</summary>
/// <param name="HappenedAt">Business time.</param>
/// <param name="RecordedAt">Database clock.</param>
public sealed record ExplainedFactView(long Version, string Type, DateTimeOffset HappenedAt, DateTimeOffset RecordedAt, string? By, string Sentence)
{
    public static ExplainedFactView Of(Happened one) => new(one.Version, one.Type, one.HappenedAt, one.RecordedAt, one.By, Narration.Of(one));
}

/// <summary>Why a date was charged, or why not; or why a payment was asked for and what became of it. From events alone.</summary>
/// <param name="Date">The date that was asked about; null for a payment.</param>
/// <param name="MerchantTransactionId">The payment that was asked about; null for a date.</param>
/// <param name="Decision">Of a payment: charged, charged_twice, failed, pending, unknown, in_flight, stopped. Of a date also: retry_scheduled, let_go, deferred, not_due, not_due_yet, overdue, closed, not_open, no_schedule.</param>
/// <param name="Reason">snake_case, where the decision alone does not say it.</param>
public sealed record ExplanationView(
    Guid SubscriptionId, DateOnly? Date, string? MerchantTransactionId, string Decision, string? Reason, IReadOnlyList<string> Sentences, NextDueView? NextDue, IReadOnlyList<ExplainedFactView> Facts);

/// <summary>GET /v1/subscriptions/{id}/explain and /v1/payments/{id}/explain.</summary>
public sealed class ExplainEndpoints(Stories stories, PaymentHistory history, StreamDirectory directory, TimeProvider clock)
{
    /// <param name="date">yyyy-MM-dd; omitted: today in the schedule's zone.</param>
    public Task<IResult> OfDate(HttpContext http, Guid id, CancellationToken ct, string? date = null) => Problems.GuardAsync(async () =>
    {
        var (site, now) = (Storefront.SiteOf(http), clock.GetUtcNow());
        var story = await stories.OfAsync(new StreamKey(site.Id, id), ct);
        var schedule = Happened.Fold(story)!.Schedule;
        var day = date is not null ? Read(date) : schedule?.LocalDate(now) ?? DateOnly.FromDateTime(now.UtcDateTime);

        return SayIt(id, day, null, DateExplanation.Of(story, day, now), story);
    });

    /// <param name="id">The gateway's numeric id of the payment, or its MerchantTransactionID.</param>
    public Task<IResult> OfPayment(HttpContext http, string id, CancellationToken ct) => Problems.GuardAsync(async () =>
    {
        var site = Storefront.SiteOf(http);
        var row = GlobalPayQuery.Id(id) is { } number ? await history.FindAsync(site.Id, number, ct) : null;
        var key = row is not null ? new StreamKey(site.Id, row.PreapprovalId) : await directory.ByMerchantTransactionIdAsync(site.Id, id.Replace("\0", "", StringComparison.Ordinal), ct);

        if (key is not { } stream)
        {
            return Problems.Say(StatusCodes.Status404NotFound, "not_found", "There is no such payment on this site.");
        }

        var (story, charge) = (await stories.OfAsync(stream, ct), row?.MerchantTransactionId ?? id);

        return SayIt(stream.Id, null, charge, PaymentExplanation.Of(story, charge) ?? throw new NotThere(), story);
    });

    private static DateOnly Read(string date) => DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var read) && read > DateOnly.MinValue
        ? read
        : throw new RuleViolation("date_invalid", "The date must be one like 2026-01-31, or be left out for today.");

    private static IResult SayIt(Guid id, DateOnly? date, string? merchantTransactionId, Explanation explained, IReadOnlyList<Happened> story) => Results.Json(
        new ExplanationView(
            id, date, merchantTransactionId, explained.Decision, explained.Reason, explained.Sentences,
            Happened.Fold(story)!.NextDue is { } due ? new NextDueView(due.Period.DueOn, due.DueAt, due.Attempt) : null, [.. explained.Facts.Select(ExplainedFactView.Of)]),
        OurJson.Default.ExplanationView);
}
