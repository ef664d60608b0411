namespace Billing.Sandbox;

/// <summary>A question as a form field: a label, a hint, and the complaint beside the field it is about.</summary>
internal static class QuestionField
{
    public static Html Of(Question question, string answer, bool isWrong)
    {
        var complaint = isWrong ? (Html)$"""<p class="complaint" role="alert" id="{question.Name}-complaint">{question.Complaint}</p>""" : default;
        return question.Kind is QuestionKind.Tick
            ? (Html)$"""<div class="field tick"><input type="checkbox" id="{question.Name}" name="{question.Name}" value="yes"{Marks(question, isWrong)}><label for="{question.Name}">{question.Label}</label>{complaint}</div>"""
            : (Html)$"""<div class="field"><label for="{question.Name}">{question.Label}</label>{Entry(question, answer, isWrong)}{complaint}</div>""";
    }

    private static Html Entry(Question question, string answer, bool isWrong)
    {
        if (question.Choices is { } choices)
        {
            return $"""<select id="{question.Name}" name="{question.Name}"{Marks(question, isWrong)}><option value="">Choose</option>{choices.Select(c => Choice(c, c == answer))}</select>""";
        }

        var (type, mode, completes) = question.Kind switch
        {
            QuestionKind.Digits => ("text", "numeric", "one-time-code"),
            QuestionKind.Phone => ("tel", "tel", "tel"),
            _ => ("text", "text", "off"),
        };
        return $"""<input type="{type}" inputmode="{mode}" autocomplete="{completes}" maxlength="100" id="{question.Name}" name="{question.Name}" value="{answer}" placeholder="{question.Example}"{Marks(question, isWrong)}>""";
    }

    private static Html Choice(string choice, bool isChosen) => $"""<option value="{choice}"{(isChosen ? " selected" : "")}>{choice}</option>""";

    private static Html Marks(Question question, bool isWrong) => isWrong
        ? (Html)$""" required aria-invalid="true" aria-describedby="{question.Name}-complaint" autofocus"""
        : (Html)$" required";
}
