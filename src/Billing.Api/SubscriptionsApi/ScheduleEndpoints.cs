using System.Globalization;
using Billing.Api.Charges;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Sites;
using Billing.Api.Hosting.Streams;
using Billing.Api.Schedules;
using Billing.Domain;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using Billing.Gateway.Translation;

namespace Billing.Api.SubscriptionsApi;

/// <param name="DueOn">yyyy-MM-dd; omitted: the next due date.</param>
public sealed record SkipRequest(string? DueOn);

/// <summary>POST /v1/subscriptions/{id}/retry.</summary>
/// <param name="DueOn">yyyy-MM-dd; omitted: the oldest unpaid period.</param>
public sealed record RetryRequest(string? DueOn);

/// <summary>POST /v1/subscriptions/{id}/pause; an empty body pauses until the schedule is resumed.</summary>
/// <param name="Until">yyyy-MM-dd, the day that charging goes on with; omitted: until it is resumed.</param>
/// <param name="Periods">skip (if omitted) or collect: what becomes of the dates that fall due in the pause.</param>
public sealed record PauseRequest(string? Until, string? Periods);

/// <summary>POST /v1/subscriptions/{id}/schedule; what is omitted stays as it is.</summary>
/// <param name="AmountMinor">The price of a period in minor units of the schedule's currency.</param>
/// <param name="Every">The length of a period in units.</param>
/// <param name="Unit">day, week, month or year.</param>
/// <param name="EndsOn">yyyy-MM-dd, the last day that may be due.</param>
/// <param name="Periods">How many periods the whole plan has, those that are used included.</param>
/// <param name="EffectiveOn">
/// yyyy-MM-dd, the first day that may be due by it; omitted: what falls due from now on.
/// </param>
public sealed record ScheduleChangeRequest(
    long? AmountMinor, int? Every, string? Unit, string? EndsOn, int? Periods, string? EffectiveOn);

/// <summary>
/// Changes of a running schedule: pause, resume, skip, retry, another price or interval, now or later.
/// </summary>
public sealed class ScheduleEndpoints(
    UpcomingCharges upcoming, SubscriptionEndpoints subscriptions, ScheduleCommands commands, RetriesNow retries,
    WireMoney money)
{
    private const int MostBytes = 64 * 1024;
    private const string DueOnExample = "{\"dueOn\":\"2026-01-31\"}";
    private const string PauseExample = "{\"until\":\"2026-09-01\",\"periods\":\"skip\"}";
    private const string ChangeExample = "{\"amountMinor\":1290,\"effectiveOn\":\"2027-01-01\"}";

    public async Task<IResult> Pause(HttpContext http, Guid id, CancellationToken ct)
    {
        var body = await CallParameters.BodyAsync(http.Request, PauseExample, ct);
        var terms = body.Length == 0
            ? null
            : TermsOf(JsonBody.Read(body, ApiJsonContext.Default.PauseRequest, Invalid("empty or ", PauseExample)));
        await subscriptions.FindAsync(http, id, ct);
        await commands.PauseAsync(Storefront.SiteOf(http), id, terms, IfMatch.Of(http.Request));

        return await subscriptions.Get(http, id, ct);
    }

    public async Task<IResult> Resume(HttpContext http, Guid id, CancellationToken ct)
    {
        await CallParameters.NoneAsync(http.Request, ct);
        await subscriptions.FindAsync(http, id, ct);
        await commands.ResumeAsync(Storefront.SiteOf(http), id, IfMatch.Of(http.Request));

        return await subscriptions.Get(http, id, ct);
    }

    public async Task<IResult> Skip(HttpContext http, Guid id, CancellationToken ct)
    {
        var body = await CallParameters.BodyAsync(http.Request, DueOnExample, ct);
        var dueOn = body.Length == 0
            ? null
            : DueOn(
                JsonBody.Read(body, ApiJsonContext.Default.SkipRequest, Invalid("empty or ", DueOnExample)).DueOn);

        return await ShowAsync(
            http, id, site => commands.SkipAsync(site, id, dueOn, IfMatch.Of(http.Request)), ct);
    }

    public async Task<IResult> Reinstate(HttpContext http, Guid id, CancellationToken ct, string? dueOn = null)
    {
        KnownKeys.Check(http.Request.Query.Keys, ["dueOn"], "the query");

        if (await RequestBody.ReadAsync(http.Request, MostBytes, ct) is not { Length: 0 })
        {
            throw new RuleViolation(
                "body_invalid",
                "Taking a skip back has no body: send the date in the query, as ?dueOn=2026-01-31.");
        }

        var date = DueOn(dueOn);

        return await ShowAsync(
            http, id, site => commands.ReinstateAsync(site, id, date, IfMatch.Of(http.Request)), ct);
    }

    public async Task<IResult> Retry(HttpContext http, Guid id, CancellationToken ct)
    {
        var body = await CallParameters.BodyAsync(http.Request, DueOnExample, ct);
        var dueOn = body.Length == 0
            ? null
            : DueOn(
                JsonBody.Read(body, ApiJsonContext.Default.RetryRequest, Invalid("empty or ", DueOnExample)).DueOn);

        return await ShowAsync(
            http, id, site => retries.RequestAsync(
                site.Id, id, dueOn, new EventSource($"storefront-{site.Id}"), IfMatch.Of(http.Request)), ct);
    }

    public async Task<IResult> Change(HttpContext http, Guid id, CancellationToken ct)
    {
        var body = await CallParameters.BodyAsync(http.Request, ChangeExample, ct);
        var asked = JsonBody.Read(
            body, ApiJsonContext.Default.ScheduleChangeRequest, Invalid("", ChangeExample));
        var wish = WishOf(asked);
        var effectiveOn = Date(asked.EffectiveOn, "effectiveOn", ", or be left out to change what is due from now on");
        var schedule = (await subscriptions.FindAsync(http, id, ct)).Schedule;

        if (asked.AmountMinor is { } amount && schedule is not null)
        {
            money.ChargeToWire(new Money(amount, schedule.Currency));
        }

        return await ShowAsync(
            http, id, site => commands.ChangeAsync(site, id, wish, effectiveOn, IfMatch.Of(http.Request)), ct);
    }

    public async Task<IResult> CancelPlannedChange(HttpContext http, Guid id, CancellationToken ct)
    {
        await CallParameters.NoneAsync(http.Request, ct);

        return await ShowAsync(
            http, id, site => commands.CancelPlannedChangeAsync(site, id, IfMatch.Of(http.Request)), ct);
    }

    private async Task<IResult> ShowAsync(HttpContext http, Guid id, Func<Site, Task> command, CancellationToken ct)
    {
        var site = Storefront.SiteOf(http);
        await upcoming.OfAsync(site, id, 1, ct);
        await command(site);

        var view = await upcoming.OfAsync(site, id, UpcomingCharges.DefaultCount, ct);
        IfMatch.ShowETag(http.Response, view.Version);

        return UpcomingCharges.Say(view);
    }

    // An empty object asks for nothing in particular, as an empty body does.
    private static PauseTerms? TermsOf(PauseRequest asked) => asked == new PauseRequest(null, null) ? null : new(
        Date(asked.Until, "until", ", or be left out to pause until the schedule is resumed"),
        asked.Periods switch
        {
            null or "skip" => false,
            "collect" => true,
            _ => throw new RuleViolation(
                "periods_invalid",
                "periods must be skip or collect: what becomes of the dates that fall due meanwhile."),
        });

    private static ScheduleWish WishOf(ScheduleChangeRequest asked)
    {
        var wish = new ScheduleWish(
            asked.AmountMinor, asked.Every, UnitOf(asked.Unit), Date(asked.EndsOn, "endsOn", ""), asked.Periods);

        return wish == new ScheduleWish()
            ? throw new RuleViolation(
                "body_invalid",
                $"Name at least one of amountMinor, every, unit, endsOn and periods, as {ChangeExample}.")
            : wish;
    }

    private static ScheduleUnit? UnitOf(string? unit) => unit is null ? null
        : Enum.GetValues<ScheduleUnit>().Cast<ScheduleUnit?>().FirstOrDefault(one => one!.Value.ToWire() == unit)
            ?? throw new RuleViolation("schedule_unit_invalid", "unit must be day, week, month or year.");

    private static DateOnly? DueOn(string? text) => Date(text, "dueOn", ", or be left out");

    private static DateOnly? Date(string? text, string name, string otherwise) => text is null ? null
        : DateOnly.TryParseExact(
            text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date
        : throw new RuleViolation(
            name is "dueOn" ? "due_on_invalid" : "date_invalid", $"{name} must be a date like 2026-01-31{otherwise}.");

    private static RuleViolation Invalid(string instead, string example) =>
        new("body_invalid", $"The body must be {instead}a JSON object like {example}.");
}
