namespace Billing.Sandbox.Landing;

/// <summary>One thing that a landing page asks for.</summary>
/// <param name="Rule">What a right answer looks like; blanks are taken out before.</param>
/// <param name="Complaint">What is said about a wrong one.</param>
/// <param name="Example">Shown as a hint; a right answer.</param>
/// <param name="Choices">Not null: one of these is chosen instead of typed.</param>
internal sealed record Question(
    string Name, string Label, Func<string, bool> Rule, string Complaint, string Example,
    QuestionKind Kind = QuestionKind.Text, IReadOnlyList<string>? Choices = null)
{
    public static Question Code(int digits, string name = "code", string label = "Code from the SMS") => new(
        name,
        label,
        IsDigits(digits),
        $"Enter the {digits} digits of the {(name == "code" ? "code" : "PIN")}, and nothing else.",
        "123456"[..digits],
        QuestionKind.Digits);

    public static Question Phone(int digits, string example) => new(
        "phone",
        "Mobile number",
        IsDigits(digits),
        $"Enter a mobile number of {digits} digits.",
        example,
        QuestionKind.Phone);

    public static Question Tick(string name, string label, string complaint) =>
        new(name, label, answer => answer == "yes", complaint, "yes", QuestionKind.Tick);

    public static Question OneOf(string name, string label, params string[] choices) =>
        new(name, label, choices.Contains, "Choose one of the list.", choices[0], QuestionKind.Choice, choices);

    /// <summary>What was typed, without the blanks that people put between groups.</summary>
    public string Read(IFormCollection form)
    {
        var typed = form[Name].ToString();
        return Kind is QuestionKind.Choice ? typed : string.Concat(typed.Where(c => !char.IsWhiteSpace(c)));
    }

    private static Func<string, bool> IsDigits(int count) =>
        answer => answer.Length == count && answer.All(char.IsAsciiDigit);
}

internal enum QuestionKind
{
    Text,
    Digits,
    Phone,
    Tick,
    Choice,
}
