using Billing.Sandbox.Pages;
using Billing.Sandbox.Settings;

namespace Billing.Sandbox.Console;

/// <summary>The console as a page: clock, scenarios, and the tables that the view asks for.</summary>
internal static class ConsolePage
{
    public static IResult Of(ConsoleView view, ConsoleSnapshot snapshot, Notice? notice, Methods methods) => new Page(
        view.Section is ConsoleSection.Overview ? "GlobalPay sandbox" : $"{view.Section} - GlobalPay sandbox",
        $"""
        <header>
        <div class="top">
        <h1><a href="/sandbox">GlobalPay sandbox</a></h1>
        <nav aria-label="Tables">{Enum.GetValues<ConsoleSection>().Select(s => Tab(s, view, snapshot))}</nav>
        </div>
        </header>
        <main>
        {NoticeOf(notice)}
        <div class="panels">
        {ClockPanel.Of(view, snapshot)}
        {ScenarioPanel.Of(snapshot.Rules)}
        </div>
        {Only(view, ConsoleSection.Preapprovals, () => PreapprovalTable.Of(view, snapshot.Preapprovals, methods))}
        {Only(view, ConsoleSection.Payments, () => PaymentTable.Of(view, snapshot.Payments))}
        {Only(view, ConsoleSection.Notifications, () => NotificationTable.Of(view, snapshot.Notifications))}
        </main>
        """,
        "console");

    private static Html Only(ConsoleView view, ConsoleSection section, Func<Html> table) =>
        view.Shows(section) ? table() : default;

    private static Html NoticeOf(Notice? notice) => notice is null
        ? default
        : (Html)$"""<p class="notice{(notice.IsBad ? " bad" : "")}" role="status">{notice.Sentence}</p>""";

    private static Html Tab(ConsoleSection section, ConsoleView view, ConsoleSnapshot snapshot)
    {
        int? count = section switch
        {
            ConsoleSection.Preapprovals => snapshot.Preapprovals.Total,
            ConsoleSection.Payments => snapshot.Payments.Total,
            ConsoleSection.Notifications => snapshot.Notifications.Total,
            _ => null,
        };
        var counted = count is { } number ? (Html)$" <span>{number}</span>" : default;
        var mark = section == view.Section ? (Html)$""" aria-current="page" """ : default;
        return $"""<a href="{new ConsoleView(section).Address}"{mark}>{section.ToString()}{counted}</a>""";
    }
}
