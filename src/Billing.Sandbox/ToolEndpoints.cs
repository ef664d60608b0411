using System.Text.Json;
using Billing.Sandbox.Calls;
using Billing.Sandbox.Console;
using Billing.Sandbox.Disputes;
using Billing.Sandbox.Ledger;
using Billing.Sandbox.Misbehaving;
using Billing.Sandbox.Notifying;
using Billing.Sandbox.Payments;
using Billing.Sandbox.Preapprovals;
using Billing.Sandbox.Refunds;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;
using Billing.Sandbox.Timing;
using Billing.Sandbox.Tools;

namespace Billing.Sandbox;

/// <summary>
/// /sandbox/*: tools for tests, demos and the console. No password, so the sandbox stays on loopback.
/// </summary>
internal static class ToolEndpoints
{
    public static void MapTools(this IEndpointRouteBuilder app)
    {
        var tools = app.MapGroup("/sandbox").AddEndpointFilter(new OwnPagesOnly(
            app.ServiceProvider.GetRequiredService<IConfiguration>(),
            app.ServiceProvider.GetRequiredService<SandboxSettings>()));
        tools.MapConsole();
        tools.MapClock();
        tools.MapLedger();
        tools.MapScenarios();
        tools.MapNotifications();
        tools.MapRefunds();
        tools.MapDisputes();
        tools.MapGet("/idle", Idle);
        tools.MapPost("/reset", Reset);
        tools.MapPost(
            "/fixtures",
            (JsonElement body, Fixtures fixtures, Lock gate) => Locked(
                gate, () => Results.Json(fixtures.Load(body), statusCode: StatusCodes.Status201Created)));
        tools.MapPost(
            "/preapprovals/{id:int}/approve",
            (int id, Store store, PreapprovalShape shape, Levers levers, Lock gate) => OnPreapproval(
                id, store, shape, gate, row => levers.Approve(row)));
        tools.MapPost(
            "/preapprovals/{id:int}/refuse",
            (int id, Store store, PreapprovalShape shape, Lock gate) => OnPreapproval(
                id, store, shape, gate, _ => { }));
        tools.MapPost(
            "/preapprovals/{id:int}/close",
            (int id, Store store, PreapprovalShape shape, Levers levers, Lock gate) => OnPreapproval(
                id, store, shape, gate, row => levers.CloseAsCustomer(row)));
        tools.MapPost("/payments/{id:int}/status", SetPaymentStatus);
    }

    private static object Idle(Notifications notifications, LateChanges late, Lock gate)
    {
        lock (gate)
        {
            var (pendingNotifications, pendingChanges) = (notifications.DueCount, late.DueCount);
            return new { Idle = pendingNotifications + pendingChanges == 0, pendingNotifications, pendingChanges };
        }
    }

    private static IResult Reset(IEnumerable<IRemembered> memories, Journal journal, Lock gate) => Locked(gate, () =>
    {
        foreach (var memory in memories)
        {
            memory.Forget();
        }

        journal.Clear();
        return Results.NoContent();
    });

    private static IResult OnPreapproval(
        int id, Store store, PreapprovalShape shape, Lock gate, Action<Preapproval> act) =>
        Locked(gate, () =>
        {
            if (store.Preapproval(id) is not { } row)
            {
                return Results.NotFound();
            }

            act(row);
            return Written(shape.Answer(StatusCodes.Status200OK, store.Preapproval(id)!, showRedirect: false));
        });

    private static IResult SetPaymentStatus(
        int id, NewStatus given, Store store, PaymentShape shape, Levers levers, Lock gate) =>
        Locked(gate, () =>
        {
            if (store.Payment(id) is not { } row)
            {
                return Results.NotFound();
            }

            var reason = given.Code is null && given.Info is null
                ? null
                : new Reason(
                    given.Code?.ToString() ?? "0",
                    given.Info ?? ReturnCodes.Reason(
                        given.Code is { ValueKind: JsonValueKind.Number } code ? code.GetInt32() : 0).Info);
            return Written(shape.Answer(StatusCodes.Status200OK, levers.Move(row, given.StatusId, reason)));
        });

    private static IResult Written(Answer answer) => Results.Bytes(answer.Body, answer.ContentType);

    private static IResult Locked(Lock gate, Func<IResult> act)
    {
        lock (gate)
        {
            return act();
        }
    }

    /// <summary>
    /// Code is a number of the gateway's list, or any text: R-transaction codes such as AM04 are not numbers.
    /// </summary>
    private sealed record NewStatus(int StatusId, JsonElement? Code, string? Info);
}
