using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Billing.Gateway.Translation;

namespace Billing.Gateway;

/// <summary>Section <c>Gateway</c>.</summary>
public sealed class GatewayOptions : IValidatableObject
{
    [Description("The gateway, for example `https://paytest.smart2pay.com`; `/v1` is appended.")]
    [DefaultValue("none, required"), DataType("http(s) address"), Address]
    public string? BaseAddress { get; set; }

    [Range(1, 60), Description("One call, retries of a read included; shorter than `Charging__QuietMinutes`.")]
    public int TimeoutSeconds { get; set; } = 10;

    [Range(1, 3_600), Description("Opening one connection.")]
    public int ConnectTimeoutSeconds { get; set; } = 5;

    [Range(1, 65_535), Description("Connections to the gateway at once.")]
    public int MaxConnections { get; set; } = 256;

    // Off: what that header does outside cards is stated nowhere (docs/globalpay.md).
    [Description("Sends a charge's MerchantTransactionID as `RequestId` too.")]
    public bool SendRequestId { get; set; }

    [Range(1, 1_000_000), Description(
        "So many calls of a site in a row without service (no connection, time-out, 408, 429, 5xx) open its circuit "
        + "breaker.")]
    public int BreakerFailures { get; set; } = 10;

    [Range(1, 3_600), Description("How long it stays open; twice as long after each failed try, up to a minute.")]
    public int BreakerSeconds { get; set; } = 5;

    [Range(1, 3_600), Description("The longest `Retry-After` of the gateway that is obeyed.")]
    public int RetryAfterMostSeconds { get; set; } = 300;

    [Range(1, 3_650), Description("How long the body of a quarantined response is kept.")]
    public double KeepAnswersDays { get; set; } = 30;

    [Range(1, 10_000), Description("How many of the newest preapprovals the look-up of an unknown create reads.")]
    public int ListScan { get; set; } = 200;

    [Description("Decimals that the gateway implies for this currency, for example `Gateway__Exponent__KRW=0`.")]
    [DefaultValue("2"), Range(0, 4)]
    public Dictionary<string, int> Exponent { get; set; } = [];

    public Uri Address => new(new Uri(BaseAddress!).AbsoluteUri.TrimEnd('/') + "/");

    /// <summary>Of one call, retries of a read included.</summary>
    public TimeSpan Timeout => TimeSpan.FromSeconds(TimeoutSeconds);

    /// <summary>How long a stop waits for calls under way and their recording.</summary>
    public TimeSpan DrainTimeout => Timeout + TimeSpan.FromSeconds(15);

    public TimeSpan KeepAnswers => TimeSpan.FromDays(KeepAnswersDays);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        from currency in Exponent.Keys
        where Iso4217.ExponentOf(currency) is null
        select new ValidationResult("must name a currency of ISO 4217 in capitals.", [nameof(Exponent), currency]);

    private sealed class AddressAttribute() : ValidationAttribute(
        "must be an http or https address without credentials or query, for example https://paytest.smart2pay.com.")
    {
        public override bool IsValid(object? value) =>
            Uri.TryCreate(value as string, UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp)
            && address.UserInfo.Length == 0 && address.Query.Length == 0 && address.Fragment.Length == 0;
    }
}
