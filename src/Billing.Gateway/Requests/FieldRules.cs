using System.Globalization;
using System.Text.RegularExpressions;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Gateway.Translation;

namespace Billing.Gateway.Requests;

/// <summary>The gateway's rules for single fields, refused with its own return codes (docs/globalpay.md).</summary>
/// <remarks>PHP clients send "" and 0 for what they do not give, so those are never wrong, only missing.</remarks>
internal static partial class FieldRules
{
    public const string MissingParameter = "1";
    public const string ValidationFailed = "2";

    /// <summary>Null for what a PHP client means by "".</summary>
    public static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;

    /// <summary>Null for what a PHP client means by 0.</summary>
    public static int? Given(int? number) => number == 0 ? null : number;

    public static string Required(string? text, string code, string field) => Given(text) ?? throw Missing(code, field);

    public static int Required(int? number, string code, string field) => Given(number) ?? throw Missing(code, field);

    /// <summary>1 to <paramref name="most"/> characters on one line.</summary>
    public static string? Line(string? text, int most, string code, string field) =>
        Given(text) is not { } given || (given.Length <= most && !given.Contains('\n', StringComparison.Ordinal))
            ? Given(text)
            : throw Invalid(code, field, $"1 to {most.ToString(CultureInfo.InvariantCulture)} characters on one line");

    public static string? Matching(string? text, Regex rule, string code, string field, string expected) =>
        Given(text) is not { } given || rule.IsMatch(given) ? Given(text) : throw Invalid(code, field, expected);

    public static int? NotNegative(int? number, string code, string field) =>
        number is not < 0 ? Given(number) : throw Invalid(code, field, "a whole number");

    /// <summary>As in the gateway's rule: text, an at sign, text, a dot, text.</summary>
    public static string Email(string? text)
    {
        var email = Required(text, "101", "Customer.Email");
        var at = email.IndexOf('@', StringComparison.Ordinal);
        var dot = email.IndexOf('.', at + 1);
        return at > 0 && dot > at + 1 && dot < email.Length - 1 && email.Length <= Customer.LongestEmail
            && !email.Any(char.IsControl)
            ? email
            : throw Invalid("102", "Customer.Email", "an e-mail address");
    }

    public static string? CurrencyOrNull(string? text) =>
        text is not null && Iso4217.ExponentOf(text) is not null ? text : null;

    public static string? Currency(string? text) =>
        Given(text) is null
            ? null
            : CurrencyOrNull(text) ?? throw Invalid("100", "Currency", "a three-letter code of ISO 4217");

    public static string? Country(string? text) =>
        Given(text) is not { } given ? null
        : Iso3166.Knows(given) ? given.ToUpperInvariant()
        : throw Invalid("120", "BillingAddress.Country", "a two-letter code of ISO 3166");

    public static RuleViolation Missing(string code, string field) => new(code, $"{field} is missing.");

    public static RuleViolation Invalid(string code, string field, string expected) =>
        new(code, $"{field} is invalid: it must be {expected}.");

    /// <summary>MerchantPreapprovalID, MerchantTransactionID, MerchantCustomerID.</summary>
    [GeneratedRegex(@"\A[0-9a-zA-Z_-]{1,50}\z", RegexOptions.CultureInvariant)]
    public static partial Regex MerchantId();

    [GeneratedRegex(@"\Ahttps?(://|%3A%2F%2F).{1,512}\z", RegexOptions.CultureInvariant)]
    public static partial Regex Url();

    [GeneratedRegex(@"\A\+?[0-9]{1,15}\z", RegexOptions.CultureInvariant)]
    public static partial Regex Phone();

    [GeneratedRegex(@"\A[01]\z", RegexOptions.CultureInvariant)]
    public static partial Regex Gender();

    [GeneratedRegex(@"\A(19|20)[0-9]{2}(0[1-9]|1[012])(0[1-9]|[12][0-9]|3[01])\z", RegexOptions.CultureInvariant)]
    public static partial Regex Date();
}
