using System.Text.Encodings.Web;

namespace Billing.Sandbox;

/// <summary>The page on which a customer approves or refuses: plain HTML, no script, everything encoded.</summary>
internal static class LandingPage
{
    public static string Question(Preapproval row, Method method) => Page(
        $"""
        <h1>{Text(method.Name)}</h1>
        <p>{Text(row.Description)}</p>
        <p>Do you allow the merchant to charge you again and again, until one of you closes this?</p>
        <form method="post">
        <button name="decision" value="approve">Approve</button>
        <button name="decision" value="refuse">Refuse</button>
        </form>
        """);

    public static string Done(Preapproval row, string sentence, string? backTo) => Page(
        $"""
        <h1>{Text(sentence)}</h1>
        <p>{Text(row.Description)}</p>
        {(backTo is null ? "" : $"<p><a href=\"{Text(backTo)}\">Back to the merchant</a></p>")}
        """);

    public static string Unknown() => Page("<h1>There is nothing to approve here</h1>");

    private static string Page(string content) =>
        $"""
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><title>GlobalPay sandbox</title></head>
        <body>
        {content}
        </body>
        </html>
        """;

    private static string Text(string? text) => HtmlEncoder.Default.Encode(text ?? "");
}
