using System.Globalization;

namespace Billing.Sandbox.Settings;

/// <summary>One merchant site: its Basic credentials, and where its notifications go.</summary>
internal sealed record Site(int Id, string ApiKey, Uri NotificationUrl);

/// <summary>A setting that cannot be used; the message names it.</summary>
public sealed class SandboxSettingException(string message) : Exception(message);

/// <summary>
/// The whole configuration, read once. Keys are <c>Sandbox:X</c>, in the environment <c>Sandbox__X</c>.
/// </summary>
internal sealed record SandboxSettings
{
    public const string DefaultUrls = "http://127.0.0.1:5081";

    public required IReadOnlyDictionary<int, Site> Sites { get; init; }

    /// <summary>A GET on the landing page approves.</summary>
    public bool AutoApprove { get; init; }

    /// <summary>
    /// Off: a repeated MerchantTransactionID is charged again, so that a double send becomes visible.
    /// </summary>
    public bool Dedupe { get; init; } = true;

    public bool NotifyOnDelete { get; init; }

    /// <summary>
    /// Enforces the examples' currencies and countries, and shows the one null that the .NET client cannot read.
    /// </summary>
    public bool StrictMethods { get; init; }

    /// <summary>Amounts of 7,777.01 and above choose scenarios. Off by default: a real price may be that.</summary>
    public bool MagicAmounts { get; init; }

    public double SepaDays { get; init; } = 3;

    public string? StatePath { get; init; }

    public DateTimeOffset? ClockStart { get; init; }

    /// <summary>Scheme and host of RedirectURL; the host that the request named when unset.</summary>
    public string? PublicAddress { get; init; }

    public static SandboxSettings Read(IConfiguration configuration)
    {
        var section = configuration.GetSection("Sandbox");
        KnownSettings.Check(section);

        return new SandboxSettings
        {
            Sites = ReadSites(section.GetSection("Sites")),
            AutoApprove = Switch(section, "AutoApprove", false),
            Dedupe = Switch(section, "Dedupe", true),
            NotifyOnDelete = Switch(section, "NotifyOnDelete", false),
            StrictMethods = Switch(section, "StrictMethods", false),
            MagicAmounts = Switch(section, "MagicAmounts", false),
            SepaDays = Parsed<double>(
                section, "SepaDays", 3, "a number of days",
                text => double.TryParse(text, CultureInfo.InvariantCulture, out var days) && days is >= 0 and < 3650
                    ? days
                    : null),
            StatePath = section["StatePath"] is { Length: > 0 } path ? path : null,
            ClockStart = section["ClockStart"] is null or ""
                ? null
                : Parsed<DateTimeOffset>(
                    section, "ClockStart", default, "an RFC 3339 instant", Instant.Parse),
            PublicAddress = section["PublicAddress"]?.TrimEnd('/') is { Length: > 0 } address ? address : null,
        };
    }

    private static Dictionary<int, Site> ReadSites(IConfigurationSection section)
    {
        var sites = section.GetChildren().Select(ReadSite).ToDictionary(s => s.Id);
        if (sites.Count == 0)
        {
            sites[30201] = new Site(30201, "gateway-key-30201", DefaultNotificationUrl);
        }

        return sites;
    }

    private static readonly Uri DefaultNotificationUrl = new("http://127.0.0.1:5080/v1/notifications");

    private static Site ReadSite(IConfigurationSection site)
    {
        if (!int.TryParse(site.Key, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            throw new SandboxSettingException($"Sandbox__Sites__{site.Key}: a SiteID is a number.");
        }

        if (site["ApiKey"] is not { Length: > 0 } key)
        {
            throw new SandboxSettingException($"Sandbox__Sites__{id}__ApiKey is not set.");
        }

        var url = DefaultNotificationUrl;
        if (site["NotificationUrl"] is { Length: > 0 } given
            && !(Uri.TryCreate(given, UriKind.Absolute, out url) && url.Scheme is "http" or "https"))
        {
            throw new SandboxSettingException($"Sandbox__Sites__{id}__NotificationUrl is not an http address: {given}");
        }

        return new Site(id, key, url);
    }

    private static bool Switch(IConfigurationSection section, string name, bool unset) =>
        Parsed<bool>(section, name, unset, "on or off", text => text.ToLowerInvariant() switch
        {
            "true" or "on" or "1" or "yes" => true,
            "false" or "off" or "0" or "no" => false,
            _ => null,
        });

    private static T Parsed<T>(IConfigurationSection section, string name, T unset, string kind, Func<string, T?> parse)
        where T : struct
    {
        if (section[name] is not { Length: > 0 } text)
        {
            return unset;
        }

        return parse(text) ?? throw new SandboxSettingException($"Sandbox__{name} is not {kind}: {text}");
    }
}
