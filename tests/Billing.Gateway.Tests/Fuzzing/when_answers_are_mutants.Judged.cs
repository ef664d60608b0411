using System.Text.Json;
using Billing.Domain.Gateway;
using Billing.Gateway.Tests.Calls;
using Billing.Gateway.Translation;

namespace Billing.Gateway.Tests.Fuzzing;

public sealed partial class when_answers_are_mutants
{
    // The result, and why it is wrong; null where it is right.
    private (object?, string?) Judged(ChargeResult answer) => (answer, answer switch
    {
        ChargeResult.Confirmed { Value: var payment } =>
            Last.Under("Payment") is { } it && IsOurs(it) && Answered.StatusOf(it) == payment.Gateway.StatusId
                && (Last.IsSuccess || Last.MayRefuse)
                ? null
                : "it is not our payment",
        ChargeResult.Refused refused =>
            Last.MayRefuse && Last.Under("Payment") is { } it
                && Answered.TextOf(it, "MerchantTransactionID") == A.Transaction
                && Answered.CodesOf(it).Contains(refused.Code)
            && Answered.NumberOf(it, "ID") is null or <= 0 ? null : "it was not refused",
        ChargeResult.Duplicate =>
            Last.MayRefuse && Last.Under("Payment") is { } it
                && Answered.TextOf(it, "MerchantTransactionID") == A.Transaction && Answered.CodesOf(it).Contains("20")
                ? null
                : "it is no duplicate",
        ChargeResult.NotFound =>
            Last.IsSuccess && Last.Rows("Payments") is { } rows
                && rows.All(row =>
                    Answered.TextOf(row, "MerchantTransactionID") is { Length: > 0 } id && id != A.Transaction)
            && (Last.Number("TotalCount") ?? 0) <= rows.Count ? null : "it may be there",
        ChargeResult.Unknown => null,
        _ => "no such answer was given",
    });

    private (object?, string?) Judged(MandateResult answer, string? name, int? id) => (answer, answer switch
    {
        MandateResult.Confirmed =>
            Last.IsSuccess && Last.Under("Preapproval") is { } it
                && (name is null || Answered.TextOf(it, "MerchantPreapprovalID") == name)
                && (id is null || Answered.NumberOf(it, "ID") == id)
                ? null
                : "it is not our preapproval",
        MandateResult.Refused refused =>
            Last.MayRefuse && Last.Under("Preapproval") is { } it
                && (name is null || Answered.IsUnsaidOr(it, "MerchantPreapprovalID", name))
                && (id is null || Answered.IsUnsaidOr(it, "ID", $"{id}"))
            && Answered.CodesOf(it).Contains(refused.Code) && (id is not null || !Answered.CodesOf(it).Contains("109"))
                ? null
                : "it was not refused",
        MandateResult.Duplicate =>
            Last.MayRefuse && id is null && Last.Under("Preapproval") is { } it
                && Answered.IsUnsaidOr(it, "MerchantPreapprovalID", name!) && Answered.CodesOf(it).Contains("109")
                ? null
                : "it is no duplicate",
        MandateResult.NotFound =>
            Last.Status == 404
                || (
                    Last.IsSuccess && Last.Rows("Preapprovals") is { } rows
                        && rows.All(row => Answered.TextOf(row, "MerchantPreapprovalID") != name))
                ? null
                : "it may be there",
        MandateResult.Unknown => null,
        _ => "no such answer was given",
    });

    private (object?, string?) Judged(RefundResult answer) => (answer, answer switch
    {
        RefundResult.Confirmed { Value: var refund } =>
            (
                (Last.IsSuccess || Last.MayRefuse) && Last.Under("Refund") is { } it && IsOurRefund(it)
                    && Answered.NumberOf(it, "ID") == refund.RefundId)
            || (
                Last.IsSuccess && Last.Rows("Refunds") is { } rows
                    && rows.Any(row => IsOurRefund(row) && Answered.NumberOf(row, "ID") == refund.RefundId))
                ? null
                : "it is not our refund",
        RefundResult.Refused refused =>
            Last.MayRefuse && Last.Under("Refund") is { } it
                && Answered.TextOf(it, "MerchantTransactionID") == Refund.Reference
                && Answered.CodesOf(it).Contains(refused.Code)
            && Answered.NumberOf(it, "ID") is null or <= 0
            && (
                Answered.StatusOf(it) is null or 0
                    || PaymentStatuses.MeaningOf((int)Answered.StatusOf(it)!) == PaymentStatus.Failed)
                ? null
                : "it was not refused",
        RefundResult.Duplicate =>
            Last.MayRefuse && Last.Under("Refund") is { } it
                && Answered.TextOf(it, "MerchantTransactionID") == Refund.Reference
                && Answered.CodesOf(it).Contains("20")
                ? null
                : "it is no duplicate",
        RefundResult.NotFound =>
            Last.IsSuccess && Last.Rows("Refunds") is { } rows
                && rows.All(row =>
                    Answered.TextOf(row, "MerchantTransactionID") is { Length: > 0 } id && id != Refund.Reference)
                ? null
                : "it may be there",
        RefundResult.Unknown => null,
        _ => "no such answer was given",
    });

    private (object?, string?) Judged(int? count, string root) =>
        (count, count is null || (Last.IsSuccess && Last.Rows(root)?.Count == count) ? null : "another length");

    private static bool IsOurs(JsonElement payment) =>
        Answered.TextOf(payment, "MerchantTransactionID") == A.Transaction
            && Answered.NumberOf(payment, "Amount") == A.Charge.Amount.Minor
        && Answered.IsUnsaidOr(payment, "Currency", "BRL")
        && Answered.IsUnsaidOr(payment, "PreapprovalID", $"{Preapproval}");

    private static bool IsOurRefund(JsonElement refund) =>
        Answered.TextOf(refund, "MerchantTransactionID") == Refund.Reference
            && Answered.NumberOf(refund, "Amount") == Refund.Amount.Minor
        && Answered.IsUnsaidOr(refund, "Currency", "BRL")
        && Answered.IsUnsaidOr(refund, "InitialPaymentID", $"{Refund.GatewayPaymentId}");
}
