using System.Globalization;

namespace Billing.Domain.Profiles;

/// <summary>How often and when a failed period is tried again.</summary>
/// <param name="Version">Recorded with each retry that it scheduled; a policy that changes gets the next version.</param>
/// <param name="Delays">The wait after the first, second… failed attempt, business time; after the last of them comes one more attempt and then none.</param>
public sealed record RetryPolicy(int Version, IReadOnlyList<TimeSpan> Delays)
{
    /// <summary>Codes of this method after which another attempt makes sense, whatever the table says; any text.</summary>
    public IReadOnlyList<string> ForNow { get; init; } = [];

    /// <summary>Codes of this method after which none does; any text.</summary>
    public IReadOnlyList<string> ForGood { get; init; } = [];

    /// <summary>Attempts in total, the first one included: no period is ever tried more often.</summary>
    public int MaxAttempts => Delays.Count + 1;

    /// <summary>How long to wait after a failed attempt.</summary>
    /// <param name="attempt">The attempt that failed, 1 for the first.</param>
    /// <param name="code">The gateway's return code in digits, or null.</param>
    /// <returns>Null when there is no further attempt: the last one is spent, or the code says that another would fail the same way.</returns>
    public TimeSpan? DelayAfter(int attempt, string? code) =>
        attempt >= 1 && attempt <= Delays.Count && ClassOf(code) is DeclineClass.ForNow ? Delays[attempt - 1] : null;

    /// <summary>What a decline says, by the method's own words first.</summary>
    /// <param name="code"><inheritdoc cref="Classify(string?)" path="/param"/></param>
    public DeclineClass ClassOf(string? code) => code switch
    {
        { } said when ForGood.Contains(said, StringComparer.OrdinalIgnoreCase) => DeclineClass.ForGood,
        { } said when ForNow.Contains(said, StringComparer.OrdinalIgnoreCase) => DeclineClass.ForNow,
        _ => Classify(code),
    };

    /// <summary>What a decline says about the next attempt.</summary>
    /// <param name="code">A return code of GLOBALPAY.md section 3 in digits; one that is null, unknown or not a number counts as for now.</param>
    /// <remarks>
    /// [?] The published list is cut after 128, says nothing about which codes a failed charge carries, and the form of SEPA's
    /// return reasons is unknown. So the unknown is for now, and where a wrong guess costs the merchant a fee (84) the policy has few attempts.
    /// </remarks>
    public static DeclineClass Classify(string? code) =>
        int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Classify(number) : DeclineClass.ForNow;

    private static DeclineClass Classify(int code) => code switch
    {
        // Balance insufficient, unable to authorize, bank offline, method unavailable.
        119 or 121 or 125 or 9 => DeclineClass.ForNow,

        // Preapproval invalid, preapproved payment invalid, customer details invalid, bank details invalid.
        12 or 13 or 123 or 124 => DeclineClass.ForGood,

        // Parameters, merchant, method, language, country, duplicate id.
        (>= 1 and <= 11) or (>= 17 and <= 20) => DeclineClass.Validation,

        // Currency, e-mail, the preapproval's fields, phone, amount, country, name, site, article.
        (>= 100 and <= 111) or (>= 113 and <= 118) or 120 or (>= 126 and <= 128) => DeclineClass.Validation,

        _ => DeclineClass.ForNow,
    };
}

/// <summary>What a decline says about the next attempt.</summary>
public enum DeclineClass
{
    /// <summary>Another attempt may well succeed.</summary>
    ForNow,

    /// <summary>The mandate or the account behind it will not pay again.</summary>
    ForGood,

    /// <summary>What we sent or how the site is set up is wrong: a person has to mend it.</summary>
    Validation,
}
