using Billing.Sandbox.Pages;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Console;

internal static class PaymentTable
{
    public static Html Of(ConsoleView view, Slice<Payment> slice) => TableFrame.Of(
        view,
        ConsoleSection.Payments,
        slice,
        ["ID", "Status", "Amount", "Merchant's id", "Preapproval", "Created", ""],
        row => Row(view, row),
        "None yet. A merchant charges with POST /v1/payments/recurrent.");

    private static Html Row(ConsoleView view, Payment row) =>
        $"""
        <tr id="payment-{row.Id}">
        <td class="number" data-label="ID">{row.Id}</td>
        <td data-label="Status">{Status(row.StatusId)}{(row.Reasons ?? []).Select(Why)}</td>
        <td class="number" data-label="Amount">{Shown.Money(row.Amount, row.Currency)}</td>
        <td class="id" data-label="Merchant's id">{row.MerchantTransactionId}</td>
        <td class="number" data-label="Preapproval">{Preapproval(row.PreapprovalId)}</td>
        <td class="when" data-label="Created">{Shown.Stamp(row.Created)}</td>
        <td class="actions">{TableFrame.Actions(view, row.Id, Buttons.Of(row))}</td>
        </tr>

        """;

    private static Html Status(int? id) => TableFrame.Badge(PaymentStatus.Info(id) ?? $"{id}", Kind(id));

    private static Html Why(Reason reason) => $"""<div class="soft">{reason.Code} {reason.Info}</div>""";

    private static Html Preapproval(int? id) => id is { } known
        ? (Html)$"""<a href="{new ConsoleView(ConsoleSection.Preapprovals, Search: $"{known}").Address}">{known}</a>"""
        : default;

    private static string Kind(int? statusId) =>
        PaymentStatus.IsSuccess(statusId) ? "good"
        : PaymentStatus.IsFailure(statusId)
            || statusId is PaymentStatus.Reversed or PaymentStatus.Disputed or 24 or 26 ? "bad"
        : statusId is 21 or 22 or 23 ? "over"
        : "waits";
}
