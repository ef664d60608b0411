using Billing.Sandbox.Pages;

namespace Billing.Sandbox.Landing;

/// <summary>A question as a form field: a label, a hint, and the complaint beside the field it is about.</summary>
internal static class QuestionField
{
    public static Html Of(Question question, string answer, bool isWrong)
    {
        var (name, marks) = (question.Name, Marks(question, isWrong));
        var label = (Html)$"""<label for="{name}">{question.Label}</label>""";
        var complaint = isWrong
            ? (Html)$"""<p class="complaint" role="alert" id="{name}-complaint">{question.Complaint}</p>"""
            : default;

        if (question.Kind is QuestionKind.Tick)
        {
            var tick = (Html)$"""<input type="checkbox" id="{name}" name="{name}" value="yes"{marks}>""";
            return $"""<div class="field tick">{tick}{label}{complaint}</div>""";
        }

        return $"""<div class="field">{label}{Entry(question, answer, marks)}{complaint}</div>""";
    }

    private static Html Entry(Question question, string answer, Html marks)
    {
        var name = question.Name;

        if (question.Choices is { } choices)
        {
            var options = choices.Select(c => Choice(c, c == answer));
            return $"""<select id="{name}" name="{name}"{marks}><option value="">Choose</option>{options}</select>""";
        }

        var (type, mode, completes) = question.Kind switch
        {
            QuestionKind.Digits => ("text", "numeric", "one-time-code"),
            QuestionKind.Phone => ("tel", "tel", "tel"),
            _ => ("text", "text", "off"),
        };
        var keyboard = (Html)$"""type="{type}" inputmode="{mode}" autocomplete="{completes}" maxlength="100" """;
        var content = (Html)$"""value="{answer}" placeholder="{question.Example}"{marks}""";
        return $"""<input {keyboard}id="{name}" name="{name}" {content}>""";
    }

    private static Html Choice(string choice, bool isChosen) =>
        $"""<option value="{choice}"{(isChosen ? " selected" : "")}>{choice}</option>""";

    private static Html Marks(Question question, bool isWrong) => isWrong
        ? (Html)$""" required aria-invalid="true" aria-describedby="{question.Name}-complaint" autofocus"""
        : (Html)$" required";
}
