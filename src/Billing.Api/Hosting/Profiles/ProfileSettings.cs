using System.Globalization;
using Billing.Domain.Profiles;

namespace Billing.Api.Hosting.Profiles;

/// <summary>
/// Own method profiles, <c>Profiles__&lt;MethodID&gt;__…</c>, over the built-in ones (docs/method-profiles.md).
/// </summary>
public static class ProfileSettings
{
    // The field's sad record is 28 tries at one period of a direct debit, each with a fee.
    private const int MostRetries = 9;
    private const int MostDirectDebitRetries = 2;
    private const int SepaDirectDebit = 84;

    /// <summary>The parts of a profile. <see cref="KnownSettings"/> refuses others.</summary>
    internal static readonly string[] Names =
    [
        "Version", "Timing", "PendingDays", "RetryDays", "ForNow", "ForGood", "Currencies", "Countries",
        "RepeatMandate", "ExecutionDate", "LeadDays", "NoticeDays", "Roll", "Cap", "ReversalDays",
    ];

    /// <exception cref="SettingException">A value is wrong, or a profile was changed without a version.</exception>
    public static MethodProfiles Read(IConfiguration configuration) =>
        MethodProfiles.BuiltIn.With([.. configuration.GetSection("Profiles").GetChildren().Select(Read)]);

    private static MethodProfile Read(IConfigurationSection section)
    {
        var name = $"Profiles__{section.Key}";

        if (!int.TryParse(section.Key, NumberStyles.None, CultureInfo.InvariantCulture, out var methodId))
        {
            throw new SettingException(name, "a method is named by the gateway's number, for example 84.");
        }

        var known = MethodProfiles.BuiltIn.Of(methodId);
        var version = Whole(section, "Version", -1, MethodProfile.FirstOwnVersion, 1_000_000);

        if (version < 0)
        {
            throw new SettingException(
                $"{name}__Version",
                $"is missing: a profile of your own has a version from {MethodProfile.FirstOwnVersion} on, which is "
                + "recorded on every charge that obeyed it. Raise it with each change.");
        }

        var profile = known with
        {
            Version = version,
            Name = known.Version == 0 ? $"method {methodId}" : known.Name,
            Timing = Word(section, "Timing", known.Timing, ProfileWords.Timing, "at_once or later"),
            PendingWindowDays = Whole(section, "PendingDays", known.PendingWindowDays, 1, 400),
            Retries = new RetryPolicy(version, RetryDays(section, methodId, known.Retries.Delays))
            {
                ForNow = List(section, "ForNow", known.Retries.ForNow),
                ForGood = List(section, "ForGood", known.Retries.ForGood),
            },
            Currencies = Codes(section, "Currencies", known.Currencies, 3),
            Countries = Codes(section, "Countries", known.Countries, 2),
            SendDescriptionAndCountry = Switch(section, "RepeatMandate", known.SendDescriptionAndCountry),
            TakesExecutionDate = Switch(section, "ExecutionDate", known.TakesExecutionDate),
            LeadDays = Whole(section, "LeadDays", known.LeadDays, 0, 30),
            NoticeDays = Whole(section, "NoticeDays", known.NoticeDays, 0, 60),
            Roll = Word(section, "Roll", known.Roll, ProfileWords.Roll, "none, weekends or target2"),
            Cap = Word(section, "Cap", known.Cap, ProfileWords.Cap, "none or aggregate"),
            ReversalDays = Whole(section, "ReversalDays", known.ReversalDays, 0, 800),
        };

        return profile.TakesExecutionDate
            || (profile.LeadDays == 0 && profile.NoticeDays == 0 && profile.Roll is DateRoll.None)
            ? profile
            : throw new SettingException(
                $"{name}__ExecutionDate",
                "must be true where LeadDays, NoticeDays or Roll are set: they are obeyed by "
                + "naming the day of the debit.");
    }

    private static List<TimeSpan> RetryDays(IConfigurationSection section, int methodId, IReadOnlyList<TimeSpan> known)
    {
        if (section["RetryDays"] is null)
        {
            return [.. known];
        }

        var most = methodId == SepaDirectDebit ? MostDirectDebitRetries : MostRetries;
        var days = List(section, "RetryDays", []).Select(
            text => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
                ? value
                : 0)
            .ToList();

        return days.Count <= most && days.All(day => day is >= 0.25 and <= 60)
            ? [.. days.Select(TimeSpan.FromDays)]
            : throw Wrong(
                section, "RetryDays",
                $"must list at most {most} waits in days, each from 0.25 to 60, like 1,3,7, or be none.");
    }

    private static List<string> Codes(
        IConfigurationSection section, string name, IReadOnlyList<string> known, int length) =>
        List(section, name, known) is var codes
            && codes.All(code => code.Length == length && code.All(char.IsAsciiLetterUpper))
            ? codes
            : throw Wrong(
                section, name,
                $"must list codes of {length} capitals, like {(length == 3 ? "EUR,USD" : "DE,NL")}, or be none.");

    private static List<string> List(IConfigurationSection section, string name, IReadOnlyList<string> known) =>
        section[name] switch
        {
            null => [.. known],
            "none" => [],
            var text => [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)],
        };

    private static int Whole(IConfigurationSection section, string name, int known, int least, int most) =>
        section[name] switch
        {
            null => known,
            var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number >= least && number <= most => number,
            _ => throw Wrong(section, name, $"must be a whole number from {least} to {most}."),
        };

    private static bool Switch(IConfigurationSection section, string name, bool known) => section[name] switch
    {
        null => known,
        var text when bool.TryParse(text, out var on) => on,
        _ => throw Wrong(section, name, "must be true or false."),
    };

    private static T Word<T>(
        IConfigurationSection section, string name, T known, Func<string?, T?> read, string choices)
        where T : struct =>
        section[name] is { } word ? read(word) ?? throw Wrong(section, name, $"must be {choices}.") : known;

    private static SettingException Wrong(IConfigurationSection section, string name, string problem) =>
        new($"Profiles__{section.Key}__{name}", problem);
}
