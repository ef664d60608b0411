using System.Text;
using Billing.Sandbox.Notifying;
using Billing.Sandbox.Pages;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Console;

internal static class NotificationTable
{
    private const int AttemptsShown = 6;

    public static Html Of(ConsoleView view, Slice<SentNotification> slice) => TableFrame.Of(
        view,
        ConsoleSection.Notifications,
        slice,
        ["ID", "State", "About", "Merchant's id", "Attempts, by the machine's clock", "Next attempt", ""],
        row => Row(view, row),
        "None yet. The merchant is notified when a preapproval or a payment changes.");

    private static Html Row(ConsoleView view, SentNotification row) =>
        $"""
        <tr id="notification-{row.Id}">
        <td class="number" data-label="ID">{row.Id}</td>
        <td data-label="State">{State(row.State)}</td>
        <td data-label="About">{row.Kind} {row.ObjectId}: {About(row)}{Soft(Shown.Time(row.Created))}</td>
        <td class="id" data-label="Merchant's id">{row.MerchantId}</td>
        <td data-label="Attempts">{Attempts(row.Attempts)}{Body(row.Body)}</td>
        <td class="when" data-label="Next attempt">{Next(row)}</td>
        <td class="actions">{TableFrame.Actions(view, row.Id, [Button.Resend])}</td>
        </tr>

        """;

    private static Html State(NotificationState state) =>
        TableFrame.Badge(state is NotificationState.GivenUp ? "Given up" : state.ToString(), Kind(state));

    private static Html Soft(string text) => $"""<div class="soft">{text}</div>""";

    private static Html Body(byte[] body) =>
        $"<details><summary>Body</summary><pre>{Encoding.UTF8.GetString(body)}</pre></details>";

    private static string About(SentNotification row) =>
        (row.Kind == "Payment" ? PaymentStatus.Info(row.StatusId)
            : row.Kind == "Preapproval" ? PreapprovalStatus.Info(row.StatusId)
            : null) ?? $"status {row.StatusId}";

    private static Html Attempts(IReadOnlyList<DeliveryAttempt> attempts)
    {
        var left = attempts.Count - AttemptsShown;
        var earlier = left > 0 ? Soft($"{left} earlier") : default;
        return $"""{earlier}<ol class="attempts">{attempts.TakeLast(AttemptsShown).Select(Attempt)}</ol>""";
    }

    private static Html Attempt(DeliveryAttempt attempt)
    {
        var answer = TableFrame.Badge(attempt.Answer, attempt.Answer == "204" ? "good" : "bad");
        return $"<li><time>{Shown.Time(attempt.At)}</time> {answer}</li>";
    }

    private static string Next(SentNotification row) => row switch
    {
        { State: NotificationState.Waiting, Due: { } due } => $"{Shown.Time(due)}, by the clock above",
        { State: NotificationState.Waiting } => "within seconds",
        { State: NotificationState.Lost } => "never, by a scenario",
        _ => "none",
    };

    private static string Kind(NotificationState state) => state switch
    {
        NotificationState.Acknowledged => "good",
        NotificationState.Waiting => "waits",
        _ => "bad",
    };
}
