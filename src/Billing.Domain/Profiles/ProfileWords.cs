using System.Globalization;

namespace Billing.Domain.Profiles;

/// <summary>How a profile is spelled in settings, in docs/method-profiles.md and in events.</summary>
public static class ProfileWords
{
    public static string Of(ResultTiming timing) => timing is ResultTiming.AtOnce ? "at_once" : "later";

    public static string Of(DateRoll roll) => roll switch
    {
        DateRoll.Weekends => "weekends",
        DateRoll.Target2 => "target2",
        _ => "none",
    };

    public static string Of(CapRule cap) => cap switch
    {
        CapRule.Aggregate => "aggregate",
        CapRule.PerCharge => "per_charge",
        _ => "none",
    };

    public static string OfFrequency(bool isObeyed) => isObeyed ? "obey" : "ignore";

    public static string Of(bool on) => on ? "true" : "false";

    public static string Of(IReadOnlyCollection<string> words) =>
        words.Count == 0 ? "none" : string.Join(',', words.Order(StringComparer.Ordinal));

    public static string Of(IReadOnlyCollection<TimeSpan> delays) =>
        delays.Count == 0
            ? "none"
            : string.Join(',', delays.Select(delay => delay.TotalDays.ToString(CultureInfo.InvariantCulture)));

    public static ResultTiming? Timing(string? word) => word switch
    {
        "at_once" => ResultTiming.AtOnce,
        "later" => ResultTiming.Later,
        _ => null,
    };

    public static DateRoll? Roll(string? word) => word switch
    {
        "none" => DateRoll.None,
        "weekends" => DateRoll.Weekends,
        "target2" => DateRoll.Target2,
        _ => null,
    };

    public static CapRule? Cap(string? word) => word switch
    {
        "none" => CapRule.None,
        "aggregate" => CapRule.Aggregate,
        "per_charge" => CapRule.PerCharge,
        _ => null,
    };
}
