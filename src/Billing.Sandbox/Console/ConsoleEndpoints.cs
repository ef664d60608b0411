using Billing.Sandbox.Clock;
using Billing.Sandbox.Pages;
using Billing.Sandbox.Settings;
using Billing.Sandbox.Timing;

namespace Billing.Sandbox.Console;

/// <summary>/sandbox in a browser: what the gateway holds, and buttons for what a merchant cannot do.</summary>
internal static class ConsoleEndpoints
{
    public static void MapConsole(this IEndpointRouteBuilder tools)
    {
        tools.MapGet("", (HttpContext http, ConsoleReader reader, Methods methods) =>
        {
            var view = ConsoleView.Of(http.Request);
            return ConsolePage.Of(view, reader.Read(view), Notice.Of(http.Request), methods);
        });
        tools.MapPost("/console/clock", MoveClockAsync);
        tools.MapPost("/console/{button}/{id:int}", (string button, int id, HttpContext http, Buttons buttons) =>
            buttons.Press(button, id) is { } notice ? See(http, notice) : Results.NotFound());
    }

    private static async Task<IResult> MoveClockAsync(HttpContext http, SandboxClock clock, DueWork due, Lock gate)
    {
        var form = await PostedForm.ReadAsync(http);
        lock (gate)
        {
            var now = clock.Now;
            if (IsoDuration.After(now, form["advance"].ToString().Trim().ToUpperInvariant()) is not { } target
                || !clock.TryAdvance(target - now))
            {
                return See(http, new Notice(ButtonResult.NoDuration, 0));
            }
        }

        due.Signal();
        return See(http, new Notice(ButtonResult.Moved, 0));
    }

    // 303, so that a reload shows the page again and presses nothing.
    private static IResult See(HttpContext http, Notice notice)
    {
        http.Response.Headers.Location = ConsoleView.Of(http.Request).Address + notice.Query;
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }
}
