using System.Globalization;
using Billing.Api.Charges;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Domain;
using Billing.Domain.Explanations;
using Marten;

namespace Billing.Api.Explanations;

/// <summary>Why a date was charged or not, and what became of a payment: for the API and for the command.</summary>
public sealed class Explainer(EventHistory history, IDocumentStore store, BusinessClock clock)
{
    /// <param name="date">yyyy-MM-dd; null: today in the schedule's zone.</param>
    /// <exception cref="NotFoundException">This site has no such subscription.</exception>
    /// <exception cref="RuleViolation">date_invalid.</exception>
    public async Task<ExplanationView> OfDateAsync(string site, Guid id, string? date, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var events = await history.OfAsync(site, id, ct);
        var schedule = TimelineEvent.Fold(events)!.Schedule;
        var day = date is not null ? Read(date) : schedule?.LocalDate(now) ?? DateOnly.FromDateTime(now.UtcDateTime);

        return ExplanationView.Of(id, day, null, DateExplanation.Of(events, day, now), events);
    }

    /// <param name="id">The gateway's numeric id of the payment, or its MerchantTransactionID.</param>
    /// <returns>Null when this site has no such payment.</returns>
    public async Task<ExplanationView?> OfPaymentAsync(string site, string id, CancellationToken ct)
    {
        if (await FindAsync(site, id, ct) is not { } payment)
        {
            return null;
        }

        var events = await history.OfAsync(site, payment.PreapprovalId, ct);
        var explained = PaymentExplanation.Of(events, payment.Id) ?? throw new NotFoundException();

        return ExplanationView.Of(payment.PreapprovalId, null, payment.Id, explained, events);
    }

    private async Task<Payment?> FindAsync(string site, string id, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);
        var byGatewayId = int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? await session.Query<Payment>().FirstOrDefaultAsync(payment => payment.GatewayPaymentId == number, ct)
            : null;

        return byGatewayId ?? await session.LoadAsync<Payment>(id, ct);
    }

    private static DateOnly Read(string date) =>
        DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var read)
            && read > DateOnly.MinValue
            ? read
            : throw new RuleViolation(
                "date_invalid", "The date must be one like 2026-01-31, or be left out for today.");
}
