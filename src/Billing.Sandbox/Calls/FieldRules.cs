using System.Text.RegularExpressions;

namespace Billing.Sandbox.Calls;

/// <summary>The field rules that docs/globalpay.md sections 6.2 and 6.4 state.</summary>
internal static partial class FieldRules
{
    [GeneratedRegex(@"^[0-9a-zA-Z_-]{1,50}\z")]
    public static partial Regex MerchantId();

    [GeneratedRegex(@"^\d{1,10}\z", RegexOptions.ECMAScript)]
    public static partial Regex MethodId();

    [GeneratedRegex(@"^\d{1,12}\z", RegexOptions.ECMAScript)]
    public static partial Regex Amount();

    [GeneratedRegex(@"^[A-Z]{3}\z")]
    public static partial Regex Currency();

    [GeneratedRegex(@"^(http(s)?(://|%3A%2F%2F).{1,512})\z")]
    public static partial Regex ReturnUrl();

    [GeneratedRegex(@"^.{1,255}\z", RegexOptions.Singleline)]
    public static partial Regex UpTo255();

    [GeneratedRegex(@"^.{1,200}\z", RegexOptions.Singleline)]
    public static partial Regex UpTo200();

    [GeneratedRegex(@"^.{1,65}\z", RegexOptions.Singleline)]
    public static partial Regex UpTo65();

    [GeneratedRegex(@"^.{1,50}\z", RegexOptions.Singleline)]
    public static partial Regex UpTo50();

    [GeneratedRegex(@"^.{1,40}\z", RegexOptions.Singleline)]
    public static partial Regex UpTo40();

    // The source's ([^@]+@[^\.]+\..+){1,150} backtracks for minutes on hostile text; this accepts the same addresses.
    [GeneratedRegex(@"^[^@]+@[^.]+\..+\z", RegexOptions.Singleline)]
    public static partial Regex Email();

    [GeneratedRegex(@"^\+?\d{1,15}\z", RegexOptions.ECMAScript)]
    public static partial Regex Phone();

    public const string IbanPattern = "^[a-zA-Z]{2}[0-9]{2}[a-zA-Z0-9]{4}[0-9]{7}([a-zA-Z0-9]?){0,16}$";

    public const string BicPattern = "^[a-zA-Z]{4}[a-zA-Z]{2}[a-zA-Z0-9]{2}([a-zA-Z0-9]{3})?$";

    // Without the source's optional inside a repetition, which may backtrack; it accepts the same accounts.
    [GeneratedRegex(@"^[a-zA-Z]{2}[0-9]{2}[a-zA-Z0-9]{4}[0-9]{7}[a-zA-Z0-9]{0,16}\z")]
    public static partial Regex Iban();

    [GeneratedRegex(@"^[a-zA-Z]{4}[a-zA-Z]{2}[a-zA-Z0-9]{2}([a-zA-Z0-9]{3})?\z")]
    public static partial Regex Bic();

    [GeneratedRegex(@"^[\p{L}0-9a-zA-Z; .'-/,]{1,70}\z")]
    public static partial Regex SepaAddress();

    [GeneratedRegex(@"^[01]\z")]
    public static partial Regex Gender();

    [GeneratedRegex(@"^(19|20)\d\d(0[1-9]|1[012])(0[1-9]|[12][0-9]|3[01])\z", RegexOptions.ECMAScript)]
    public static partial Regex DateOfBirth();
}
