using Billing.Sandbox.Pages;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Landing;

/// <summary>The pages on which a customer approves or refuses: plain forms that need no script.</summary>
internal static class LandingPage
{
    // A browser applies form-action to every later redirect too, and the merchant chooses where those lead.
    private const string AnyMerchant = "'self' http: https:";

    /// <summary>
    /// One step. Earlier answers travel in hidden fields, so that the gateway stores nothing half done.
    /// </summary>
    /// <param name="complains">Show what is wrong with the answers to this step.</param>
    public static IResult Asking(Preapproval row, Method method, int at, IFormCollection form, bool complains)
    {
        var journey = Journey.Of(method);
        var step = journey[at];
        var isLast = at == journey.Count - 1;
        var (decision, button) = isLast ? ("approve", "Approve") : ("continue", "Continue");
        var kept = journey.Take(at).SelectMany(s => s.Questions).Select(q => Kept(q, form));
        var asked = step.Questions
            .Select(q => QuestionField.Of(q, q.Read(form), complains && !q.Rule(q.Read(form))));
        Html body = $"""
            {(journey.Count == 1 ? default : Progress(journey, at))}
            <h2>{step.Title}</h2>
            <p>{step.Says}</p>
            <form method="post" novalidate>
            <input type="hidden" name="step" value="{at}">
            {kept}{asked}<div class="buttons">
            <button class="yes" name="decision" value="{decision}">{button}</button>
            <button class="no" name="decision" value="refuse">Refuse</button>
            </div>
            </form>
            """;
        return Framed(
            row, method, body, complains ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK);
    }

    public static IResult Done(
        Preapproval row, Method method, string sentence, string explanation, int status = StatusCodes.Status200OK)
    {
        var back = ReturnAddress.Of(row);
        var way = back is null
            ? (Html)$"<p>The merchant has named no web address to return to.</p>"
            : (Html)$"""<p class="buttons"><a class="yes" href="{back}">Back to the merchant</a></p>""";
        return Framed(row, method, $"<h2>{sentence}</h2>\n<p>{explanation}</p>\n{way}", status);
    }

    public static IResult Unknown() => new Page(
        "Nothing to approve - GlobalPay sandbox",
        $"""
        <main><div class="card"><h1>There is nothing to approve here</h1>
        <p>The gateway does not know this address, or a reset has removed it.
        Go back to the merchant and begin again.</p>
        </div></main>
        """,
        "landing",
        StatusCodes.Status404NotFound,
        AnyMerchant);

    private static Page Framed(Preapproval row, Method method, Html content, int status)
    {
        Html body = $"""
            <main class="m{method.Id}">
            <p class="ribbon">GlobalPay sandbox: no money moves here</p>
            <div class="card">
            <header><h1>{method.Name}</h1></header>
            {Summary(row)}
            {content}
            </div>
            </main>
            """;
        return new Page($"{method.Name} - GlobalPay sandbox", body, "landing", status, AnyMerchant);
    }

    private static Html Summary(Preapproval row)
    {
        var most = row.MaximumAmount is > 0 ? $"up to {Shown.Money(row.MaximumAmount, row.Currency)}" : "";
        (string Term, string? Value)[] facts = [
            ("For", row.Description), ("You", Shown.Name(row.Customer)), ("E-mail", row.Customer?.Email),
            ("Limit", most),
            ("Reference", row.MerchantPreapprovalId)
        ];
        return $"<dl>\n{facts.Where(f => !string.IsNullOrEmpty(f.Value)).Select(Fact)}</dl>";
    }

    private static Html Fact((string Term, string? Value) fact) => $"<dt>{fact.Term}</dt><dd>{fact.Value}</dd>\n";

    private static Html Progress(IReadOnlyList<Step> journey, int at) =>
        $"<ol class=\"steps\">{journey.Select((step, i) => Marked(step, i, at))}</ol>";

    private static Html Marked(Step step, int i, int at) => i == at
        ? (Html)$"""<li aria-current="step">{step.Title}</li>"""
        : (Html)$"""<li class="{(i < at ? "done" : "ahead")}">{step.Title}</li>""";

    private static Html Kept(Question question, IFormCollection form) =>
        $"""<input type="hidden" name="{question.Name}" value="{question.Read(form)}">""";
}
