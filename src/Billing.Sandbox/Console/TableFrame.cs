using Billing.Sandbox.Pages;

namespace Billing.Sandbox.Console;

/// <summary>What all tables of the console have in common: heading, search, paging, buttons.</summary>
internal static class TableFrame
{
    public static Html Of<T>(
        ConsoleView view, ConsoleSection section, Slice<T> slice, string[] columns, Func<T, Html> row, string nothing)
    {
        var name = section.ToString();
        var own = view.Section == section;
        var rows = slice.Rows.Count == 0
            ? (Html)$"""<p class="soft empty">{(view.Search.Length > 0 ? "Nothing matches." : nothing)}</p>"""
            : (Html)$"""
                <div class="scroll" tabindex="0" role="region" aria-labelledby="{name}">
                <table>
                <thead><tr>{columns.Select(Column)}</tr></thead>
                <tbody>
                {slice.Rows.Select(row)}</tbody>
                </table>
                </div>
                """;
        return $"""
            <section class="table" aria-labelledby="{name}">
            <div class="heading"><h2 id="{name}">{name}</h2>{(own ? Search(view) : default)}</div>
            {rows}
            <p class="paging">{(own ? Paging(view, slice.Next) : All(section, slice))}</p>
            </section>
            """;
    }

    /// <summary>One button each, all in one form; where the view was, it will be again.</summary>
    public static Html Actions(ConsoleView view, int id, IReadOnlyList<Button> buttons) => buttons.Count == 0
        ? default
        : (Html)$"""<form method="post">{buttons.Select(b => Action(view, id, b))}</form>""";

    public static Html Badge(string text, string kind) => $"""<span class="badge {kind}">{text}</span>""";

    private static Html Action(ConsoleView view, int id, Button button)
    {
        var name = button.ToString();
        var label = button is Button.Close ? "Close as customer" : name;
        var action = $"/sandbox/console/{name.ToLowerInvariant()}/{id}{view.Query}";
        return $"""<button formaction="{action}" aria-label="{label} {id}">{label}</button>""";
    }

    private static Html Column(string name) => $"""<th scope="col">{name}</th>""";

    private static Html All<T>(ConsoleSection section, Slice<T> slice)
    {
        var name = section.ToString().ToLowerInvariant();
        return slice.Next is null
            ? default
            : (Html)$"""<a href="{new ConsoleView(section).Address}">All {slice.Total} {name}</a>""";
    }

    private static Html Paging(ConsoleView view, int? next)
    {
        var newest =
            view.Before is null ? default : (Html)$"""<a href="{(view with { Before = null }).Address}">Newest</a> """;
        var older = next is null
            ? default
            : (Html)$"""<a href="{(view with { Before = next }).Address}" rel="next">Older</a>""";
        return $"{newest}{older}";
    }

    private static string SearchedFor(ConsoleSection section) => section switch
    {
        ConsoleSection.Payments => "Id, preapproval or merchant's id",
        ConsoleSection.Notifications => "Id, what it is about, or merchant's id",
        _ => "Id, merchant's id or e-mail",
    };

    private static Html Search(ConsoleView view) =>
        $"""
        <form method="get" action="/sandbox" role="search">
        <input type="hidden" name="view" value="{view.Section.ToString().ToLowerInvariant()}">
        <label for="q">{SearchedFor(view.Section)}</label>
        <input id="q" name="q" type="search" value="{view.Search}"> <button>Find</button>
        </form>
        """;
}
