using System.Text.RegularExpressions;
using Billing.Sandbox.Calls;
using Billing.Sandbox.Settings;

namespace Billing.Sandbox.Landing;

/// <summary>One page of a landing: what it says, and what it asks for.</summary>
internal sealed record Step(string Title, string Says, params IReadOnlyList<Question> Questions)
{
    public bool IsRight(IFormCollection form) => Questions.All(q => q.Rule(q.Read(form)));
}

/// <summary>The pages of one method on the way to an approval (seed documents, docs/globalpay.md section 8).</summary>
/// <remarks>
/// The rest is modelled on what such wallets and banks ask for; docs/decisions/0020 lists which is which.
/// </remarks>
internal static partial class Journey
{
    private static readonly Step Agreement = new(
        "Agreement", "Do you allow the merchant to charge you again and again, until one of you closes this?");

    private static readonly Step Terms = new(
        "Terms",
        "Confirm the terms of the payment first.",
        Question.Tick("terms", "I have read the terms of the payment and accept them", "Accept the terms to go on."));

    private static readonly Step SmsCode = new(
        "SMS code", "We have sent a code to your phone. This is a test page: any 6 digits will do.", Question.Code(6));

    public static IReadOnlyList<Step> Of(Method method) => method.Id switch
    {
        58 => [Bank, SignIn, Agreement],
        84 => [BankAccount, AnyPhone, Signature],
        1134 => [Wallet(11, "09171234567"), SmsCode, Mpin],
        1135 => [Terms, SmsCode, Agreement],
        1136 => [Wallet(11, "08123456789"), SmsCode, Agreement],
        1143 => [Wallet(10, "0812345678"), SmsCode, Agreement],
        1144 => [Wallet(10, "0123456789"), Pin, Agreement],
        1145 => [Wallet(8, "64203366"), SmsCode, Agreement],
        _ => [Agreement],
    };

    private static readonly Step Bank = new(
        "Bank",
        "Which bank keeps your account? None of these exists.",
        Question.OneOf("bank", "Your bank", "First Bank of Sand", "Castle & Moat Savings", "Tideline Credit Union"));

    private static readonly Step SignIn = new(
        "Sign in",
        "Sign in to your online banking. This is a test page: any name will do, and no password is asked for.",
        new Question(
            "user", "User name", answer => answer.Length is > 0 and <= 65, "Enter a user name of up to 65 characters.",
            "jdoe"));

    private static readonly Step BankAccount = new(
        "Bank account",
        "Which account shall be debited?",
        new Question(
            "iban", "IBAN", Iban.IsRight,
            "This is no IBAN: a country, two check digits and the account number, such as NL91 ABNA 0417 1643 00.",
            "NL91 ABNA 0417 1643 00"));

    private static readonly Step AnyPhone = new(
        "Phone",
        "We send a code to your phone, with which you sign the mandate.",
        new Question(
            "phone", "Mobile number", PhonePattern().IsMatch,
            "Enter a phone number: up to 15 digits, with or without a + before them.", "+31612345678",
            QuestionKind.Phone));

    private static readonly Step Signature = new(
        "Signature",
        "With the code from the SMS you sign a SEPA Direct Debit mandate: the merchant may collect from your account "
        + "until one of you closes it. This is a test page: any 4 digits will do.",
        Question.Code(4));

    private static readonly Step Mpin = new(
        "MPIN",
        "With your MPIN you allow the merchant to charge you again and again, until one of you closes this. This is a "
        + "test page: any 4 digits will do.",
        Question.Code(4, "mpin", "MPIN"));

    private static readonly Step Pin = new(
        "PIN", "Confirm that it is you. This is a test page: any 6 digits will do.",
        Question.Code(6, "pin", "6-digit PIN"));

    private static Step Wallet(int digits, string example) =>
        new(
            "Phone", $"Sign in with the number of your wallet. This is a test page: any {digits} digits will do.",
            Question.Phone(digits, example));

    [GeneratedRegex(@"\A\+?[0-9]{1,15}\z", RegexOptions.CultureInvariant)]
    private static partial Regex PhonePattern();
}
