using Billing.Api.Hosting.Profiles;

namespace Billing.Api.Hosting;

/// <summary>
/// Refuses settings that do not exist: one that is misspelt would be ignored, and the default would hold unseen.
/// </summary>
/// <remarks>docs/configuration.md explains each of them; a test writes that page from this list.</remarks>
public static class KnownSettings
{
    private const string Any = "*";

    // Of .NET itself: other programs have their own names there.
    private static readonly string[] Shared = ["ConnectionStrings", "Authentication"];

    // The names of the simulator are among them, because both programs may be given the same environment.
    private static readonly string[][] Known =
    [
        .. Under("ConnectionStrings", "Billing"),
        .. Under("Authentication", "FailuresPerMinute"),
        .. Under("Database", "WaitSeconds"),
        .. Under(
            "Gateway", "BaseAddress", "TimeoutSeconds", "ConnectTimeoutSeconds", "MaxConnections", "SendRequestId",
            "BreakerFailures", "BreakerSeconds", "RetryAfterMostSeconds", "KeepAnswersDays", "ListScan", "Exponent:*"),
        .. Under(
            "Sites", "*:ApiKey", "*:GatewayApiKey", "*:TimeZone", "*:ChargeWindow", "*:GatewayCallsPerSecond",
            "*:AfterRetries"),
        .. Under("Sealing", "MasterKey", "IndexKey"),
        .. Under(
            "Charging", "SendWindowSeconds", "PageSize", "AnswerWithinSeconds", "MaxInFlight", "AskAgainSeconds",
            "LookUpMinutes", "LookUpMinutes:*", "RefundPaidTwice", "QuietMinutes", "OverdueAfterMinutes",
            "AbandonAfterDays"),
        .. Under("Profiles", [.. ProfileSettings.Names.Select(name => $"{Any}:{name}")]),
        .. Under("Drift", "EveryHours", "CallsPerSecond"),
        .. Under("Jobs", "IntervalMilliseconds", "RetrySeconds", "RetrySeconds:*", "Enabled"),
        .. Under(
            "Notifications", "Confirm", "Sources", "Sources:*", "Proxies", "Proxies:*", "KeepUnmatchedDays"),
        .. Under(
            "Sandbox", "Enabled", "Sites:*:ApiKey", "Sites:*:NotificationUrl", "AutoApprove", "Dedupe",
            "NotifyOnDelete", "StrictMethods", "MagicAmounts", "SepaDays", "StatePath", "ClockStart", "PublicAddress",
            "AllowRemote"),
        .. Under("Failpoints", "KillAt", "StopAt", "Pass", "AfterMilliseconds"),
    ];

    /// <summary>All as environment variables; <c>*</c> is a site, method, currency or number.</summary>
    internal static IEnumerable<string> Names => Known.Select(NameOf);

    private static readonly string[] Sections = [.. Known.Select(name => name[0]).Distinct(StringComparer.Ordinal)];

    /// <summary>Checks everything under our sections, and under names that are nearly theirs.</summary>
    /// <exception cref="SettingException">Names the first unknown setting, and the nearest that exists.</exception>
    public static void Check(IConfiguration configuration)
    {
        foreach (var (key, value) in configuration.AsEnumerable().OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            if (value is not null && key.Split(':') is { Length: > 1 } given && IsWrong(given))
            {
                throw new SettingException(NameOf(given), $"does not exist; did you mean {Nearest(given)}?");
            }
        }
    }

    private static bool IsWrong(string[] given) =>
        SectionOf(given[0]) is { } section
        && !Known.Any(name => Fits(given, name))
        && (!Shared.Contains(section) || Known.Any(name => name[0] == section && IsNearly(given[1], name[1])));

    private static string? SectionOf(string given) =>
        Sections.FirstOrDefault(section => Same(section, given))
        ?? Sections.FirstOrDefault(section => IsNearly(given, section));

    private static bool Fits(string[] given, string[] name) =>
        given.Length == name.Length
        && given.Zip(name).All(part => part.Second == Any || Same(part.First, part.Second));

    private static string Nearest(string[] given)
    {
        var section = SectionOf(given[0]);

        return KnownKeys.Nearest(
            NameOf(given), Known.Where(name => name[0] == section).Select(name => NameOf(Filled(name, given))));
    }

    // What may be anything is as it was given: Sites__30201__ApiKy was to be Sites__30201__ApiKey.
    private static IEnumerable<string> Filled(string[] name, string[] given) =>
        name.Select((part, i) => part != Any ? part : i < given.Length ? given[i] : "0");

    private static bool IsNearly(string given, string name) =>
        KnownKeys.Distance(given, name) <= Math.Max(1, name.Length / 4);

    private static bool Same(string left, string right) =>
        string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private static string NameOf(IEnumerable<string> parts) => string.Join("__", parts);

    private static IEnumerable<string[]> Under(string section, params string[] names) =>
        names.Select(name => (string[])[section, .. name.Split(':')]);
}
