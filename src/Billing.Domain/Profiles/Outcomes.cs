using System.Collections.Frozen;
using System.Globalization;
using Billing.Domain.Gateway;

namespace Billing.Domain.Profiles;

/// <summary>What an answer of the gateway comes to; docs/outcomes.md is the same as a table.</summary>
public enum OutcomeClass
{
    /// <summary>The money was taken. What comes later (reversed, disputed, refunded …) is a fact beside it.</summary>
    Success,

    /// <summary>The provider has it and has not decided.</summary>
    Pending,

    /// <summary>Not taken, and another attempt may well succeed.</summary>
    DeclinedForNow,

    /// <summary>Not taken: the mandate or the account behind it will not pay again. Never retried.</summary>
    DeclinedForGood,

    /// <summary>What we sent or how the site is set up is wrong: a person has to mend it. Never retried.</summary>
    RefusedByValidation,

    /// <summary>Not known: looked up, never read as failed.</summary>
    Unknown,
}

/// <summary>The gateway's return codes (docs/globalpay.md) with what each means. The only list of them.</summary>
public static class Outcomes
{
    private static readonly FrozenDictionary<int, OutcomeClass> Codes = new (OutcomeClass Class, int[] Codes)[]
    {
        // Undefined, generic error, unable to process, try again later, preapproval error: something went wrong, not
        // that nothing happened.
        (OutcomeClass.Unknown, [0, 14, 15, 16, 112]),

        // Method unavailable, balance insufficient, unable to authorize, bank offline.
        (OutcomeClass.DeclinedForNow, [9, 119, 121, 125]),

        // Preapproval invalid, preapproved payment invalid, customer details invalid, bank details invalid.
        (OutcomeClass.DeclinedForGood, [12, 13, 123, 124]),

        // Parameters, merchant, method, language, hash, IP, action; payment, refund, country, a duplicate id (which is
        // looked up first).
        (OutcomeClass.RefusedByValidation, [1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 17, 18, 19, 20]),

        // Currency, e-mail, the preapproval's fields, phone, amount, country, unable to cancel, name, site, article.
        (
            OutcomeClass.RefusedByValidation,
            [
                100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 113, 114, 115, 116, 117, 118, 120, 122, 126,
                127,
                128
            ]),
    }.SelectMany(row => row.Codes, (row, code) => KeyValuePair.Create(code, row.Class)).ToFrozenDictionary();

    /// <summary>Every code that has a class, in order.</summary>
    public static IReadOnlyList<(int Code, OutcomeClass Class)> All { get; } =
        [.. Codes.OrderBy(row => row.Key).Select(row => (row.Key, row.Value))];

    /// <summary>Null for what is in no published list: the list is cut after 128.</summary>
    /// <param name="code">Status.Reasons[].Code, digits or not; null: none was given.</param>
    public static OutcomeClass? OfCode(string? code) =>
        int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && Codes.TryGetValue(number, out var found)
            ? found
            : null;

    /// <summary>What a payment's status comes to, before its code is read.</summary>
    /// <returns>Null for a failed one: its code decides, see <see cref="OfFailedPayment"/>.</returns>
    public static OutcomeClass? OfStatus(PaymentStatus status) => status switch
    {
        PaymentStatus.Unrecognised => OutcomeClass.Unknown,
        PaymentStatus.Pending or PaymentStatus.UnderReview => OutcomeClass.Pending,
        PaymentStatus.Failed => null,
        _ => OutcomeClass.Success,
    };

    /// <summary>
    /// A payment that the gateway says has failed (status 3, 4, 5, 12). That it failed is certain; the code says only
    /// whether to try again.
    /// </summary>
    /// <remarks>
    /// [?] No source says which codes a failed payment carries, or how SEPA's return reasons look. So what we do not
    /// know is for now, and where a wrong guess costs a fee (84) there are few attempts.
    /// </remarks>
    public static OutcomeClass OfFailedPayment(string? code) => OfCode(code) switch
    {
        { } certain and (OutcomeClass.DeclinedForGood or OutcomeClass.RefusedByValidation) => certain,
        _ => OutcomeClass.DeclinedForNow,
    };

    /// <summary>A charge that was refused before it became a payment, in the gateway's own envelope.</summary>
    /// <remarks>An unknown code is a refusal for good: the same request would get the same answer.</remarks>
    public static OutcomeClass OfRefusedCharge(string? code) => OfCode(code) ?? OutcomeClass.RefusedByValidation;

    /// <summary>As written in <c>payment_failed</c> and <c>retries_exhausted</c>.</summary>
    public static string Word(OutcomeClass outcome) => outcome switch
    {
        OutcomeClass.Success => "success",
        OutcomeClass.Pending => "pending",
        OutcomeClass.DeclinedForNow => "declined_for_now",
        OutcomeClass.DeclinedForGood => "declined_for_good",
        OutcomeClass.RefusedByValidation => "refused",
        _ => "unknown",
    };
}
