using System.Globalization;
using Billing.Api.Hosting.Profiles;
using Billing.Domain.Preapprovals;

namespace Billing.Api.Hosting;

/// <summary>What an operator may set beside sites and gateway; see docs/configuration.md.</summary>
/// <param name="SendWindow">Real time in which a committed intent may be sent by the process that wrote it.</param>
/// <param name="GatewayTimeout">The time-out of a call to the gateway.</param>
/// <param name="AnswerWithin">How long a call waits for the gateway before 504, or 201 with Status 7.</param>
/// <param name="HasJobs">Whether this node does recurring and queued work, or only answers requests.</param>
/// <param name="JobInterval">How often sweep and resolver run, real time.</param>
/// <param name="MaxInFlight">Calls to the gateway under way at once, per node.</param>
/// <param name="ListScan">How many of the newest preapprovals a look-up of an unknown create scans.</param>
/// <param name="KeepUnmatched">How long a notification that fits nothing is kept.</param>
/// <param name="KeepAnswers">How long the body of an answer that did not fit is kept.</param>
/// <param name="RefundPaidTwice">Whether the second payment of a period is refunded automatically.</param>
public sealed record Settings(
    TimeSpan SendWindow,
    TimeSpan GatewayTimeout,
    TimeSpan AnswerWithin,
    bool HasJobs,
    TimeSpan JobInterval,
    int MaxInFlight,
    int ListScan,
    TimeSpan KeepUnmatched,
    TimeSpan KeepAnswers,
    LookUpPolicy LookUps,
    bool RefundPaidTwice,
    bool IsSandbox,
    Failpoints Failpoints)
{
    /// <summary>How long a customer may take to approve, in business time; null: for ever.</summary>
    public TimeSpan? AbandonAfter { get; init; }

    /// <summary>How long an unsent call waits, in real time. No attempt is counted.</summary>
    public TimeSpan AskAgain { get; init; }

    /// <summary>The most charges that one commit decides.</summary>
    public int PageSize { get; init; } = 200;

    /// <summary>How long a stop waits for calls under way and their recording.</summary>
    public TimeSpan DrainTimeout => GatewayTimeout + TimeSpan.FromSeconds(15);

    /// <summary>
    /// The waits after the first, second … failure of a message, in real time; one more makes a dead letter.
    /// </summary>
    public IReadOnlyList<TimeSpan> RetryWaits { get; init; } = [];

    /// <summary>Business time after which what was due and has not happened is overdue.</summary>
    public TimeSpan OverdueAfter { get; init; }

    /// <summary>After so many failed logins of an address for a site, its logins are refused for that minute.</summary>
    public int FailedLoginsPerMinute { get; init; } = 10;

    /// <summary>How long <c>serve</c> waits at its start for a database that does not answer, real time.</summary>
    public TimeSpan DatabaseWait { get; init; }

    // Ten years: a longer pause is a typing error.
    private const double MostMinutes = 5_256_000;

    /// <exception cref="SettingException">A setting does not exist, or its value is wrong.</exception>
    public static Settings Read(IConfiguration configuration)
    {
        KnownSettings.Check(configuration);
        var charging = configuration.GetSection("Charging");
        var isSandbox = Switch(configuration.GetSection("Sandbox"), "Enabled");
        var window = Seconds(charging, "SendWindowSeconds", 30, 1, 30);
        var timeout = Seconds(configuration.GetSection("Gateway"), "TimeoutSeconds", 10, 1, 60);
        var failpoints = Failpoints.Read(configuration.GetSection("Failpoints"), isSandbox);

        var maxInFlight = Number(charging, "MaxInFlight", 256, 1, 2_000);

        if (maxInFlight > Number(configuration.GetSection("Gateway"), "MaxConnections", 256, 1, 65_535))
        {
            throw new SettingException(
                "Charging__MaxInFlight",
                "must not be more than Gateway__MaxConnections, or a call could time out while it waits for a "
                + "connection, and it would be unknown whether it was sent.");
        }

        if (isSandbox && configuration["Gateway:BaseAddress"] is { } address
            && !(Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.IsLoopback))
        {
            throw new SettingException(
                "Sandbox__Enabled", "needs a gateway on this machine: Gateway__BaseAddress is not a loopback address.");
        }

        return new Settings(
            window,
            timeout,
            Seconds(charging, "AnswerWithinSeconds", 20, 1, 29),
            Switch(configuration.GetSection("Jobs"), "Enabled", fallback: true),
            TimeSpan.FromMilliseconds(Number(
                configuration.GetSection("Jobs"), "IntervalMilliseconds", isSandbox ? 200 : 5_000, 20, 3_600_000)),
            (int)maxInFlight,
            (int)Number(configuration.GetSection("Gateway"), "ListScan", 200, 1, 10_000),
            TimeSpan.FromDays(Number(configuration.GetSection("Notifications"), "KeepUnmatchedDays", 30, 1, 3_650)),
            TimeSpan.FromDays(Number(configuration.GetSection("Gateway"), "KeepAnswersDays", 30, 1, 3_650)),
            ReadLookUps(charging, window + timeout + TimeSpan.FromSeconds(1)) with
            {
                Profiles = ProfileSettings.Read(configuration)
            },
            OnOff(charging, "RefundPaidTwice"),
            isSandbox,
            failpoints)
        {
            FailedLoginsPerMinute = (int)Number(
                configuration.GetSection("Authentication"), "FailuresPerMinute", 10, 1, 100_000),
            DatabaseWait = Seconds(configuration.GetSection("Database"), "WaitSeconds", 60, 0, 3_600),
            PageSize = (int)Number(charging, "PageSize", 200, 1, 1_000),
            AskAgain = Seconds(charging, "AskAgainSeconds", 30, 0.05, 600),
            RetryWaits = [.. Listed(configuration.GetSection("Jobs"), "RetrySeconds", [1, 5, 30, 120, 600], 86_400)
                .Select(TimeSpan.FromSeconds)],
            OverdueAfter = TimeSpan.FromMinutes(Number(charging, "OverdueAfterMinutes", 15, 1, 10_080)),
            AbandonAfter =
                Number(charging, "AbandonAfterDays", 30, 0, 3_650) is > 0 and var days ? TimeSpan.FromDays(days) : null,
        };
    }

    private static LookUpPolicy ReadLookUps(IConfigurationSection charging, TimeSpan fence)
    {
        var minutes = Listed(charging, "LookUpMinutes", [5, 60, 1440, 1440, 1440, 1440, 1440], MostMinutes);
        var quiet = TimeSpan.FromMinutes(Number(charging, "QuietMinutes", 10, 0, 10_000));

        return quiet > fence
            ? new LookUpPolicy([.. minutes.Select(TimeSpan.FromMinutes)], quiet, fence, MaxResends: 3)
            : throw new SettingException(
                "Charging__QuietMinutes", "must be longer than the send window and the time-out together.");
    }

    private static TimeSpan Seconds(
        IConfigurationSection section, string name, double fallback, double least, double most) =>
        TimeSpan.FromSeconds(Number(section, name, fallback, least, most));

    private static IReadOnlyList<double> Listed(
        IConfigurationSection section, string name, double[] fallback, double most)
    {
        if (section[name] is { Length: > 0 })
        {
            throw new SettingException(
                NameOf(section, name),
                $"is a list: set {NameOf(section, name)}__0, {NameOf(section, name)}__1 and so on.");
        }

        var listed = section.GetSection(name).GetChildren().Select(one => Parsed(one.Value) ?? 0).ToArray();

        return listed.All(value => value > 0 && value <= most)
            ? listed is [] ? fallback : listed
            : throw new SettingException(
                NameOf(section, name), $"must list numbers, each more than 0 and at most {most}.");
    }

    private static double Number(IConfigurationSection section, string name, double fallback, double least, double most)
    {
        var value = section[name] is { } text ? Parsed(text) : fallback;

        return value >= least && value <= most
            ? value.Value
            : throw new SettingException(NameOf(section, name), $"must be a number from {least} to {most}.");
    }

    private static bool Switch(IConfigurationSection section, string name, bool fallback = false) =>
        section[name] switch
        {
            null or "" => fallback,
            var text when bool.TryParse(text, out var on) => on,
            _ => throw new SettingException(NameOf(section, name), "must be true or false."),
        };

    private static bool OnOff(IConfigurationSection section, string name) => section[name] switch
    {
        null or "" or "off" => false,
        "on" => true,
        _ => throw new SettingException(NameOf(section, name), "must be on or off."),
    };

    private static double? Parsed(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static string NameOf(IConfigurationSection section, string name) =>
        $"{section.Path.Replace(":", "__", StringComparison.Ordinal)}__{name}";
}
