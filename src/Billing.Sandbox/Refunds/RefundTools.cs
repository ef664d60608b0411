using System.Globalization;
using Billing.Sandbox.Calls;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Refunds;

/// <summary>/sandbox/refunds ends a refund now; /sandbox/methods sets how the refunds of a method behave.</summary>
internal static class RefundTools
{
    public static void MapRefunds(this IEndpointRouteBuilder tools)
    {
        tools.MapPost(
            "/refunds/{id:int}/succeed", (int id, RefundLevers levers) => levers.End(id, PaymentStatus.Success, null));
        tools.MapPost(
            "/refunds/{id:int}/fail",
            (int id, Why? why, RefundLevers levers) => levers.End(id, PaymentStatus.Failed, why?.Reason));
        tools.MapPut(
            "/methods/{id:int}/refund-type",
            (int id, NewType given, RefundLevers levers) => levers.Change(
                id, given.TypeId, given.AllowsPartialRefund ?? true));
    }

    private sealed record NewType(int TypeId, bool? AllowsPartialRefund);
}

/// <summary>
/// A tool's reason: a number of the gateway's list, or any text, since bank codes are not numbers (AM04).
/// </summary>
internal sealed record Why(System.Text.Json.JsonElement? Code, string? Info)
{
    public Reason? Reason => Code is null && Info is null
        ? null
        : new Reason(
            Code?.ToString() ?? "0",
            Info ?? (int.TryParse(Code?.ToString(), CultureInfo.InvariantCulture, out var code)
                ? ReturnCodes.Reason(code).Info
                : null));
}

internal sealed class RefundLevers(
    RefundBook book, RefundTypes types, Methods methods, RefundShape shape, Refunding refunding, Lock gate)
{
    public IResult End(int id, int statusId, Reason? reason)
    {
        lock (gate)
        {
            if (book.Find(id) is not { } refund)
            {
                return Results.NotFound();
            }

            if (refund.StatusId != PaymentStatus.Open)
            {
                return Refused($"Refund {id} has ended already, with status {refund.StatusId}.");
            }

            refunding.Settle(refund, statusId, reason);
            var shown = shape.Answer(StatusCodes.Status200OK, book.Find(id)!);
            return Results.Bytes(shown.Body, shown.ContentType);
        }
    }

    public IResult Change(int methodId, int typeId, bool allowsPartialRefund)
    {
        lock (gate)
        {
            if (methods.Find(methodId) is null)
            {
                return Results.NotFound();
            }

            if (!RefundType.Knows(typeId))
            {
                return Refused($"There is no refund type {typeId}.");
            }

            types.Change(methodId, new RefundType(typeId, allowsPartialRefund));
            return Results.NoContent();
        }
    }

    private static IResult Refused(string message) =>
        Results.Json(new { Message = message }, statusCode: StatusCodes.Status400BadRequest);
}
