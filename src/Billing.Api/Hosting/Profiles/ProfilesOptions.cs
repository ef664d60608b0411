using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Billing.Domain.Profiles;

namespace Billing.Api.Hosting.Profiles;

/// <summary>
/// Section <c>Profiles</c>, by MethodID: own method profiles over the built-in ones (docs/method-profiles.md).
/// </summary>
public sealed class ProfilesOptions : Dictionary<string, ProfileOptions>, IValidatableObject
{
    public MethodProfiles ToProfiles() => MethodProfiles.BuiltIn.With(
        [.. this.Select(it => it.Value.ToProfile(int.Parse(it.Key, CultureInfo.InvariantCulture)))]);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => this.SelectMany(it =>
        int.TryParse(it.Key, NumberStyles.None, CultureInfo.InvariantCulture, out var methodId)
            ? it.Value.Validate(methodId)
            : [new("a method is named by the gateway's number, for example 84.", [it.Key])]);
}

/// <summary>What differs from the built-in profile of a method. A list is written with commas, or as none.</summary>
[Description(
    "Your own method profiles; each needs a `Version` from 1000 on, which is recorded on the charges that obeyed it.")]
[DefaultValue("what the product brings")]
public sealed class ProfileOptions
{
    // The field's sad record is 28 tries at one period of a direct debit, each with a fee.
    private const int MostRetries = 9;
    private const int MostDirectDebitRetries = 2;
    private const int SepaDirectDebit = 84;
    private const int FewestLapseMonths = 6;

    [Range(MethodProfile.FirstOwnVersion, 1_000_000)]
    public int? Version { get; set; }

    [AllowedValues("at_once", "later")]
    public string? Timing { get; set; }

    [Range(1, 400)]
    public int? PendingDays { get; set; }

    public string? RetryDays { get; set; }

    public string? ForNow { get; set; }

    public string? ForGood { get; set; }

    [RegularExpression(
        "none|[A-Z]{3}( *, *[A-Z]{3})*", ErrorMessage = "must list codes of 3 capitals, like EUR,USD, or be none.")]
    public string? Currencies { get; set; }

    [RegularExpression(
        "none|[A-Z]{2}( *, *[A-Z]{2})*", ErrorMessage = "must list codes of 2 capitals, like DE,NL, or be none.")]
    public string? Countries { get; set; }

    public bool? RepeatMandate { get; set; }

    public bool? ExecutionDate { get; set; }

    [Range(0, 30)]
    public int? LeadDays { get; set; }

    [Range(0, 60)]
    public int? NoticeDays { get; set; }

    [AllowedValues("none", "weekends", "target2")]
    public string? Roll { get; set; }

    [AllowedValues("none", "aggregate", "per_charge")]
    public string? Cap { get; set; }

    [Range(0, 600)]
    public int? LapseMonths { get; set; }

    [AllowedValues("obey", "ignore")]
    public string? Frequency { get; set; }

    [Range(0, 800)]
    public int? ReversalDays { get; set; }

    public MethodProfile ToProfile(int methodId)
    {
        var known = MethodProfiles.BuiltIn.Of(methodId);
        var version = Version ?? 0;

        return known with
        {
            Version = version,
            Name = known.Version == 0 ? $"method {methodId}" : known.Name,
            Timing = ProfileWords.Timing(Timing) ?? known.Timing,
            PendingWindowDays = PendingDays ?? known.PendingWindowDays,
            Retries = new RetryPolicy(
                version, RetryDays is null ? known.Retries.Delays : [.. Delays.Select(TimeSpan.FromDays)])
            {
                ForNow = List(ForNow) ?? known.Retries.ForNow,
                ForGood = List(ForGood) ?? known.Retries.ForGood,
            },
            Currencies = List(Currencies) ?? known.Currencies,
            Countries = List(Countries) ?? known.Countries,
            SendDescriptionAndCountry = RepeatMandate ?? known.SendDescriptionAndCountry,
            TakesExecutionDate = ExecutionDate ?? known.TakesExecutionDate,
            LeadDays = LeadDays ?? known.LeadDays,
            NoticeDays = NoticeDays ?? known.NoticeDays,
            Roll = ProfileWords.Roll(Roll) ?? known.Roll,
            Cap = ProfileWords.Cap(Cap) ?? known.Cap,
            LapseMonths = LapseMonths ?? known.LapseMonths,
            ObeysFrequency = Frequency is null ? known.ObeysFrequency : Frequency == ProfileWords.OfFrequency(true),
            ReversalDays = ReversalDays ?? known.ReversalDays,
        };
    }

    internal IEnumerable<ValidationResult> Validate(int methodId)
    {
        if (Version is null)
        {
            yield return Wrong(
                nameof(Version),
                $"is missing: a profile of your own has a version from {MethodProfile.FirstOwnVersion} on, which is "
                + "recorded on every charge that obeyed it. Raise it with each change.");
        }

        var most = methodId == SepaDirectDebit ? MostDirectDebitRetries : MostRetries;

        if (Delays.Count > most || Delays.Any(day => day is not (>= 0.25 and <= 60)))
        {
            yield return Wrong(
                nameof(RetryDays),
                $"must list at most {most} waits in days, each from 0.25 to 60, like 1,3,7, or be none.");
            yield break;
        }

        if (LapseMonths is > 0 and < FewestLapseMonths)
        {
            yield return Wrong(
                nameof(LapseMonths),
                $"must be 0, or {FewestLapseMonths} or more: what is used every quarter is not warned about.");
        }

        var profile = ToProfile(methodId);

        if (!profile.TakesExecutionDate && profile is not { LeadDays: 0, NoticeDays: 0, Roll: DateRoll.None })
        {
            yield return Wrong(
                nameof(ExecutionDate),
                "must be true where LeadDays, NoticeDays or Roll are set: they are obeyed by "
                + "naming the day of the debit.");
        }

        ValidationResult Wrong(string name, string problem) => new(problem, [$"{methodId}", name]);
    }

    private List<double> Delays => [.. List(RetryDays)?.Select(text =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var days)
            ? days : double.NaN) ?? []];

    private static List<string>? List(string? text) => text switch
    {
        null => null,
        "none" => [],
        _ => [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)],
    };
}
