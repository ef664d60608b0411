using Billing.Sandbox.Pages;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Console;

internal static class PreapprovalTable
{
    public static Html Of(ConsoleView view, Slice<Preapproval> slice, Methods methods) => TableFrame.Of(
        view,
        ConsoleSection.Preapprovals,
        slice,
        ["ID", "Status", "Method", "Customer", "Merchant's id", "For", ""],
        row => Row(view, row, methods),
        "None yet. A merchant creates one with POST /v1/preapprovals.");

    private static Html Row(ConsoleView view, Preapproval row, Methods methods) =>
        $"""
        <tr id="preapproval-{row.Id}">
        <td class="number" data-label="ID">{row.Id}</td>
        <td data-label="Status">{Status(row.StatusId)}</td>
        <td data-label="Method">{methods.Of(row.MethodId).Name}</td>
        <td data-label="Customer">{Customer(row.Customer)}</td>
        <td class="id" data-label="Merchant's id">{row.MerchantPreapprovalId}</td>
        <td data-label="For">{row.Description}<div class="soft">{Limit(row)}</div></td>
        <td class="actions">{Landing(row, methods)}{TableFrame.Actions(view, row.Id, Buttons.Of(row))}</td>
        </tr>

        """;

    private static string Limit(Preapproval row) =>
        row.MaximumAmount is > 0 ? $"up to {Shown.Money(row.MaximumAmount, row.Currency)}" : "";

    private static Html Status(int id) => TableFrame.Badge(PreapprovalStatus.Info(id) ?? $"{id}", Kind(id));

    private static Html Customer(Customer? it) =>
        $"""<div>{Shown.Name(it)}</div><div class="soft">{it?.Email}</div>""";

    private static Html Landing(Preapproval row, Methods methods)
    {
        var path = methods.Of(row.MethodId).LandingPath;
        return row is { StatusId: PreapprovalStatus.Pending, LandingHash: { } hash }
            ? (Html)$"""<a href="{path}?ID={row.LandingId}&amp;Hash={hash}">Customer's page</a>"""
            : default;
    }

    private static string Kind(int statusId) => statusId switch
    {
        PreapprovalStatus.Pending => "waits",
        PreapprovalStatus.Open => "good",
        _ => "over",
    };
}
