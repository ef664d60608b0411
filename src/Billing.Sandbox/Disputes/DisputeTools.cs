using Billing.Sandbox.Payments;
using Billing.Sandbox.Refunds;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Disputes;

/// <summary>/sandbox/payments/{id}/…: a customer disputes, wins, loses; a bank charges back or reverses.</summary>
internal static class DisputeTools
{
    public static void MapDisputes(this IEndpointRouteBuilder tools)
    {
        var payment = tools.MapGroup("/payments/{id:int}");
        payment.MapPost(
            "/dispute",
            (int id, Claim? claim, Disputing disputing, PaymentLever lever) => lever.Pull(
                id, p => disputing.Dispute(p, claim?.Amount)));
        payment.MapPost(
            "/dispute/win", (int id, Disputing disputing, PaymentLever lever) => lever.Pull(id, disputing.Win));
        payment.MapPost(
            "/dispute/lose", (int id, Disputing disputing, PaymentLever lever) => lever.Pull(id, disputing.Lose));
        payment.MapPost(
            "/chargeback", (int id, Disputing disputing, PaymentLever lever) => lever.Pull(id, disputing.ChargeBack));
        payment.MapPost(
            "/reverse",
            (int id, Return? asked, Reversing reversing, PaymentLever lever) => lever.Pull(
                id, p => reversing.Reverse(p, asked?.Why.Reason, asked?.BankAgrees ?? false)));
    }

    /// <summary>Amount in hundredths.</summary>
    private sealed record Claim(long? Amount);

    private sealed record Return(System.Text.Json.JsonElement? Code, string? Info, bool? BankAgrees)
    {
        public Why Why => new(Code, Info);
    }
}

/// <summary>Does something to one payment and shows it afterwards, or says why it was not done.</summary>
internal sealed class PaymentLever(Store store, PaymentShape shape, Lock gate)
{
    public IResult Pull(int id, Func<Payment, string?> act)
    {
        lock (gate)
        {
            if (store.Payment(id) is not { } payment)
            {
                return Results.NotFound();
            }

            if (act(payment) is { } complaint)
            {
                return Results.Json(new { Message = complaint }, statusCode: StatusCodes.Status400BadRequest);
            }

            var shown = shape.Answer(StatusCodes.Status200OK, store.Payment(id)!);
            return Results.Bytes(shown.Body, shown.ContentType);
        }
    }
}
