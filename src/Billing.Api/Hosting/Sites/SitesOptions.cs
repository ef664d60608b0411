using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Billing.Domain.Scheduling;

namespace Billing.Api.Hosting.Sites;

/// <summary>Section <c>Sites</c>, by SiteID.</summary>
public sealed class SitesOptions : Dictionary<string, SiteOptions>, IValidatableObject
{
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Count == 0
        ? [new("names no site. Set Sites__<SiteID>__ApiKey and Sites__<SiteID>__GatewayApiKey.")]
        : this.SelectMany(site => Validate(site.Key, site.Value));

    private static IEnumerable<ValidationResult> Validate(string id, SiteOptions site)
    {
        if (!int.TryParse(id, CultureInfo.InvariantCulture, out _))
        {
            yield return new("a SiteID is a number.", [id]);
        }

        if (site.ApiKey is null)
        {
            yield return new(
                "is missing: the key that this site's storefront shows us.", [id, nameof(SiteOptions.ApiKey)]);
        }

        if (site.GatewayApiKey is null)
        {
            yield return new("is missing: our key to the gateway.", [id, nameof(SiteOptions.GatewayApiKey)]);
        }

        if (site.ApiKey == site.GatewayApiKey)
        {
            yield return new(
                "equals the gateway key: a storefront could then forge notifications. Use another one.",
                [id, nameof(SiteOptions.ApiKey)]);
        }
    }
}

/// <summary>Settings of one site.</summary>
public sealed class SiteOptions
{
    [Description("The storefront's key to us (HTTP Basic: SiteID and key).")]
    [DefaultValue("none, required"), DataType("not the gateway's key")]
    public string? ApiKey { get; set; }

    [Description("Our key to the gateway, and the only one that notifications are accepted with.")]
    [DefaultValue("none, required"), DataType("not the storefront's key")]
    public string? GatewayApiKey { get; set; }

    [Description("Whose days a schedule without a time zone counts."), DataType("tz database id"), TimeZone]
    public string TimeZone { get; set; } = "Etc/UTC";

    [Description(
        "Hours over which due charges are spread, each subscription at the same time of its day. Applies to schedules "
        + "that are set from then on, and not on the day of opening.")]
    [DefaultValue("none: the beginning of the day"), DataType("like 06:00-22:00"), Window]
    public string? ChargeWindow { get; set; }

    [Description(
        "What follows when the retries of a period end unpaid, where its schedule names no `AfterRetries`. Applies to "
        + "schedules that are set from then on.")]
    public AfterRetries AfterRetries { get; set; } = AfterRetries.Continue;

    [Description(
        "Calls to the gateway that all nodes and commands together begin in a second. Waiting costs no attempt.")]
    [DefaultValue("none: no limit"), Range(0.1, 100_000)]
    public double? GatewayCallsPerSecond { get; set; }

    public Site ToSite(string id) => new(
        id, ApiKey!, GatewayApiKey!, TimeZone, Domain.Scheduling.ChargeWindow.Parse(ChargeWindow ?? ""),
        GatewayCallsPerSecond, AfterRetries);

    private sealed class TimeZoneAttribute() : ValidationAttribute("'{0}' is no tzdb time zone.")
    {
        public override bool IsValid(object? value) => ScheduleRules.IsTimeZone($"{value}");
    }

    private sealed class WindowAttribute()
        : ValidationAttribute("'{0}' is no window like 06:00-22:00, whose end comes after its beginning.")
    {
        public override bool IsValid(object? value) => Domain.Scheduling.ChargeWindow.Parse($"{value}") is not null;
    }
}

/// <summary>Section <c>Authentication</c>.</summary>
public sealed class LoginOptions
{
    [Description(
        "Failed logins of one address (IPv6: its /64 network) for one site; after that its logins for this site are "
        + "answered 429 for the rest of the minute. Storefronts and the gateway are counted apart. "
        + "`X-Forwarded-For` is trusted from `Notifications__Proxies` and from a proxy on this machine.")]
    [Range(1, 100_000)]
    public int FailuresPerMinute { get; set; } = 10;
}
