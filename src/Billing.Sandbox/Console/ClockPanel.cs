using Billing.Sandbox.Pages;

namespace Billing.Sandbox.Console;

/// <summary>The clock that sandbox and API share, and the buttons that move it.</summary>
internal static class ClockPanel
{
    private static readonly (string Duration, string Label)[] Moves =
        [("PT1H", "1 hour"), ("P1D", "1 day"), ("P1W", "1 week"), ("P1M", "1 month"), ("P1Y", "1 year")];

    public static Html Of(ConsoleView view, ConsoleSnapshot snapshot) =>
        $"""
        <section class="panel" aria-labelledby="clock">
        <h2 id="clock">Clock</h2>
        <p class="time"><time>{Shown.Time(snapshot.Now)}</time> UTC</p>
        <p class="soft">{Ahead(snapshot.Offset)}</p>
        <form method="post" action="/sandbox/console/clock{view.Query}">
        <div class="moves">{Moves.Select(m => Move(m.Duration, m.Label))}</div>
        </form>
        <form method="post" action="/sandbox/console/clock{view.Query}" class="inline">
        <label for="advance">Another duration</label>
        <input id="advance" name="advance" placeholder="P3DT6H" size="9" required> <button>Advance</button>
        </form>
        </section>
        """;

    private static Html Move(string duration, string label) =>
        $"""<button name="advance" value="{duration}" aria-label="Advance by {label}">+{label}</button>""";

    private static string Ahead(TimeSpan offset) => Math.Abs(offset.TotalSeconds) < 1
        ? "The same as the machine's"
        : $"{Math.Abs(offset.Days)} d {Math.Abs(offset.Hours)} h {Math.Abs(offset.Minutes)} min "
            + $"{(offset < TimeSpan.Zero ? "behind" : "ahead of")} the machine's";
}
