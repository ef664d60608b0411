using System.Collections.Frozen;
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Billing.Domain.Scheduling;
using Billing.Gateway;
using Billing.Gateway.Notifications;

namespace Billing.Api.Hosting.Sites;

/// <summary>One merchant website: its keys and its calendar.</summary>
/// <param name="ApiKey">The storefront's key to us.</param>
/// <param name="GatewayApiKey">Ours to the gateway, and the only one that notifications are accepted with.</param>
/// <param name="TimeZone">tzdb id: whose days a schedule without a zone counts.</param>
/// <param name="ChargeWindow">The hours over which due charges are spread; null: all at the start of the day.</param>
/// <param name="GatewayCallsPerSecond">How many calls all nodes together may begin in a second; null: no limit.</param>
public sealed record Site(
    string Id, string ApiKey, string GatewayApiKey, string TimeZone, ChargeWindow? ChargeWindow = null,
    double? GatewayCallsPerSecond = null)
{
    public SiteCalendar Calendar => new(TimeZone, ChargeWindow);
}

/// <summary>The sites of this installation, from <c>Sites__&lt;SiteID&gt;__…</c>.</summary>
public sealed class SiteRegister : ISiteKeys
{
    // Whom a caller is compared with who names no site of ours: it takes as long, and never fits.
    private static readonly Site UnknownSite = new(
        "", RandomNumberGenerator.GetHexString(64), RandomNumberGenerator.GetHexString(64), "Etc/UTC");

    private readonly FrozenDictionary<string, Site> _sites;

    /// <exception cref="SettingException">A site is incomplete, or both its keys are the same.</exception>
    public SiteRegister(IConfiguration configuration)
    {
        _sites = configuration.GetSection("Sites").GetChildren().Select(Read).ToFrozenDictionary(site => site.Id);

        if (_sites.Count == 0)
        {
            throw new SettingException(
                "Sites", "names no site. Set Sites__<SiteID>__ApiKey and Sites__<SiteID>__GatewayApiKey.");
        }
    }

    public Site? Find(string siteId) => _sites.GetValueOrDefault(siteId);

    /// <summary>Finds the site of these credentials: compares in constant time, also for an unknown site.</summary>
    /// <param name="authorization">The whole header.</param>
    /// <param name="keyOf">Which of a site's keys they must show.</param>
    public Site? Authenticate(string? authorization, Func<Site, string> keyOf)
    {
        var (siteId, key) = BasicCredentials.Read(authorization) ?? ("", "");
        var site = Find(siteId);
        var expected = site ?? UnknownSite;
        var fits = ConstantTime.AreEqual(siteId, expected.Id) & ConstantTime.AreEqual(key, keyOf(expected));

        return fits ? site : null;
    }

    public IReadOnlyCollection<string> Ids => _sites.Keys;

    /// <summary>Runs recurring work for each site in turn, also when the work of another site fails.</summary>
    /// <returns>The sum of what the runs return.</returns>
    /// <exception cref="Exception">The first failure, once every site has had its turn.</exception>
    public static async Task<int> SumOfEachAsync(
        IEnumerable<string> sites, Func<string, Task<int>> run, CancellationToken ct)
    {
        var (sum, failures) = (0, new List<Exception>());

        foreach (var site in sites.Order(StringComparer.Ordinal))
        {
            try
            {
                sum += await run(site);
            }
#pragma warning disable CA1031 // It is thrown below.
            catch (Exception failure) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
            {
                failures.Add(failure);
            }
        }

        if (failures.Count > 0)
        {
            ExceptionDispatchInfo.Throw(failures[0]);
        }

        return sum;
    }

    public SiteCalendar CalendarOf(string siteId) => Find(siteId)?.Calendar ?? new("Etc/UTC");

    /// <inheritdoc/>
    public string GatewayKeyOf(string siteId) =>
        Find(siteId)?.GatewayApiKey ?? throw new KeyNotFoundException($"Site {siteId} is not configured.");

    private static Site Read(IConfigurationSection section)
    {
        var name = $"Sites__{section.Key}";

        if (!int.TryParse(section.Key, CultureInfo.InvariantCulture, out _))
        {
            throw new SettingException(name, "a SiteID is a number.");
        }

        var site = new Site(
            section.Key,
            section["ApiKey"] is { Length: > 0 } key
                ? key
                : throw new SettingException(
                    $"{name}__ApiKey", "is missing: the key that this site's storefront shows us."),
            section["GatewayApiKey"] is { Length: > 0 } gatewayKey
                ? gatewayKey
                : throw new SettingException($"{name}__GatewayApiKey", "is missing: our key to the gateway."),
            section["TimeZone"] ?? "Etc/UTC",
            Window(section, name),
            Pace(section, name));

        if (site.ApiKey == site.GatewayApiKey)
        {
            throw new SettingException(
                $"{name}__ApiKey",
                "equals the gateway key: a storefront could then forge notifications. Use another one.");
        }

        return ScheduleRules.IsTimeZone(site.TimeZone)
            ? site
            : throw new SettingException($"{name}__TimeZone", $"'{site.TimeZone}' is no tzdb time zone.");
    }

    private static ChargeWindow? Window(IConfigurationSection section, string name) =>
        section["ChargeWindow"] is not { Length: > 0 } text
            ? null
            : ChargeWindow.Parse(text) ?? throw new SettingException(
                $"{name}__ChargeWindow",
                $"'{text}' is no window like 06:00-22:00, whose end comes after its beginning.");

    private static double? Pace(IConfigurationSection section, string name) => section["GatewayCallsPerSecond"] switch
    {
        null or "" => null,
        var text when double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var calls)
            && calls is >= 0.1 and <= 100_000 => calls,
        _ => throw new SettingException(
            $"{name}__GatewayCallsPerSecond", "must be a number from 0.1 to 100000, or be left out for no limit."),
    };
}
