using System.Globalization;
using System.Text.Json;
using Billing.Api.GlobalPay;
using Billing.Api.Sites;
using Billing.Api.Subscriptions;
using Billing.Domain;
using Billing.Domain.Preapprovals;
using Billing.EventStore;
using Billing.Gateway.Wire;
using Billing.Messaging;

namespace Billing.Api.Skipping;

// The merchant lets one period go, or takes that back, before its day begins. Without a date it is the next one of the calendar, skipped
// or not: a call that is repeated because its answer was lost skips one period and not two.

/// <param name="DueOn">Null: the next one.</param>
public sealed record SkipPeriod(string Tenant, Guid PreapprovalId, DateOnly? DueOn);

/// <param name="DueOn">Null: the next one.</param>
public sealed record ReinstatePeriod(string Tenant, Guid PreapprovalId, DateOnly? DueOn);

/// <param name="DueOn">yyyy-MM-dd; omitted: the next due date.</param>
public sealed record SkipRequest(string? DueOn);

public static class SkipPeriodHandler
{
    public static Events Handle(SkipPeriod command, Preapproval? state, DateTimeOffset now) => [.. PreapprovalDecider.SkipPeriod(state!, command.DueOn, now)];

    public static Events Handle(ReinstatePeriod command, Preapproval? state, DateTimeOffset now) => [.. PreapprovalDecider.ReinstatePeriod(state!, command.DueOn, now)];
}

/// <summary>POST and DELETE /v1/subscriptions/{id}/skip; both answer with what is upcoming then.</summary>
public sealed class SkipEndpoints(UpcomingCharges upcoming, MessageBus bus)
{
    public Task<IResult> Skip(HttpContext http, Guid id, CancellationToken ct) => Problems.GuardAsync(async () =>
    {
        var dueOn = Read(await RequestBody.ReadAsync(http.Request, GlobalPayCall.MostBytes, ct) ?? throw new TooLarge());

        return await InvokeAsync(http, id, tenant => new SkipPeriod(tenant, id, dueOn), ct);
    });

    public Task<IResult> Reinstate(HttpContext http, Guid id, CancellationToken ct, string? dueOn = null) => Problems.GuardAsync(async () =>
    {
        var date = Date(dueOn);

        return await InvokeAsync(http, id, tenant => new ReinstatePeriod(tenant, id, date), ct);
    });

    private async Task<IResult> InvokeAsync(HttpContext http, Guid id, Func<string, object> command, CancellationToken ct)
    {
        var site = Storefront.SiteOf(http);
        await upcoming.OfAsync(site, id, 1, ct);
        await bus.InvokeAsync(command(site.Id), new Metadata(UserName: $"storefront-{site.Id}"), ct);

        return UpcomingCharges.Say(await upcoming.OfAsync(site, id, UpcomingCharges.DefaultCount, ct));
    }

    private static DateOnly? Read(byte[] body)
    {
        if (body.Length == 0)
        {
            return null;
        }

        try
        {
            var asked = JsonText.Fault(body) is null ? JsonSerializer.Deserialize(body, OurJson.Default.SkipRequest) : null;

            return Date((asked ?? throw Invalid()).DueOn);
        }
        catch (JsonException)
        {
            throw Invalid();
        }
    }

    private static DateOnly? Date(string? text) => text is null ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date
        : throw new RuleViolation("due_on_invalid", "dueOn must be a date like 2026-01-31, or be left out for the next due date.");

    private static RuleViolation Invalid() => new("body_invalid", "The body must be empty or a JSON object like {\"dueOn\":\"2026-01-31\"}.");
}
