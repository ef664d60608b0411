using System.Globalization;
using System.Text.RegularExpressions;
using Billing.Sandbox.Calls;

namespace Billing.Sandbox.Misbehaving;

/// <summary>
/// Scenarios by name (header or e-mail) or by number (amount); docs/sandbox-scenarios.md is their table.
/// </summary>
internal static partial class ScenarioCatalogue
{
    public const string Header = "Sandbox-Scenario";
    private const long FirstAmount = 777_700;
    private const string EmailTag = "+sandbox-";

    // The place in this list is the last two digits of the amount: only ever add at its end.
    private static readonly Entry[] Entries =
    [
        new("decline", ScenarioAction.Decline, Means.Code),
        new("decline_for_good", ScenarioAction.Decline, Means.Code, (int)ReturnCode.PreapprovalInvalid),
        new("refuse", ScenarioAction.Refuse, Means.Code, (int)ReturnCode.AmountInvalid),
        new("timeout", ScenarioAction.Timeout),
        new("act_then_timeout", ScenarioAction.ActThenTimeout),
        new("reset", ScenarioAction.Reset),
        new("act_then_reset", ScenarioAction.ActThenReset),
        new("error_500", ScenarioAction.Error500),
        new("act_then_500", ScenarioAction.ActThen500),
        new("rate_limited", ScenarioAction.RateLimited, Means.Seconds),
        new("slow", ScenarioAction.Slow, Means.Milliseconds),
        new("garbled", ScenarioAction.Garbled),
        new("html", ScenarioAction.Html),
        new("another_payment", ScenarioAction.AnotherPayment),
        new("wrong_amount", ScenarioAction.WrongAmount),
        new("unknown_status", ScenarioAction.UnknownStatus, Means.Status),
        new("null_status", ScenarioAction.NullStatus),
        new("answered_twice", ScenarioAction.AnsweredTwice),
        new("duplicate_code", ScenarioAction.DuplicateCode),
        new("pending_then_success", ScenarioAction.PendingThenSuccess, Means.Days),
        new("pending_then_failure", ScenarioAction.PendingThenFailure, Means.Days),
        new("failed_then_success", ScenarioAction.FailedThenSuccess, Means.Days),
        new("notify_first", ScenarioAction.NotifyFirst, Means.Milliseconds),
        new("notify_twice", ScenarioAction.NotifyTwice),
        new("notify_late", ScenarioAction.NotifyLate, Means.Days),
        new("notify_reordered", ScenarioAction.NotifyReordered),
        new("lose_notification", ScenarioAction.LoseNotification),
        new("notify_old", ScenarioAction.NotifyOld),
        new("notify_forged", ScenarioAction.NotifyForged),
        new("not_found_first", ScenarioAction.ActThen500, AtLookUp: ScenarioAction.NotFound),
    ];

    private enum Means
    {
        Nothing,
        Code,
        Status,
        Seconds,
        Milliseconds,
        Days,
    }

    public static IEnumerable<string> Names => Entries.Select(entry => entry.Name);

    /// <summary>From "name" or "name-number", for a call whatever it is.</summary>
    public static Choice FromHeader(string text, OperationName operation)
    {
        var choice = Parse(text, operation, isCharge: true);
        return choice.Rule is { } rule && !ScenarioReach.Of(rule.Action, operation)
            ? new Choice(null, $"{text} does nothing to {NamedValueConverter<OperationName>.Name(operation)}.")
            : choice;
    }

    /// <summary>From someone+sandbox-name@… or someone+sandbox-name-number@…, for charges and their look-ups.</summary>
    public static Choice FromEmail(string? email, OperationName operation)
    {
        if (email is null || email.IndexOf(EmailTag, StringComparison.OrdinalIgnoreCase) is not (>= 0 and var start))
        {
            return default;
        }

        var text = email[(start + EmailTag.Length)..];
        return Parse(
            text.IndexOf('@', StringComparison.Ordinal) is >= 0 and var end ? text[..end] : text, operation,
            operation is OperationName.Charge);
    }

    /// <summary>From 7,777.01, 7,777.02 and so on, for charges and their look-ups.</summary>
    public static Choice FromAmount(long? hundredths, OperationName operation) =>
        hundredths is > FirstAmount and <= FirstAmount + 99 and { } amount
            ? amount - FirstAmount <= Entries.Length
                ? Entries[amount - FirstAmount - 1].Choose(operation, null, operation is OperationName.Charge)
                : Unknown($"The amount {amount}")
            : default;

    private static Choice Parse(string text, OperationName operation, bool isCharge)
    {
        var match = NameAndNumber().Match(text);
        var entry = match.Success
            ? Array.Find(
                Entries, e => string.Equals(e.Name, match.Groups["name"].Value, StringComparison.OrdinalIgnoreCase))
            : null;
        double? number = match.Groups["number"] is { Success: true } group
            ? double.Parse(group.ValueSpan, CultureInfo.InvariantCulture)
            : null;
        return entry is null || (number is not null && entry.Number is Means.Nothing)
            ? Unknown(text)
            : entry.Choose(operation, number, isCharge);
    }

    private static Choice Unknown(string what)
    {
        var known = Entries.Select(
            e => e.Number is Means.Nothing ? e.Name : $"{e.Name}[-{e.Number.ToString().ToLowerInvariant()}]");
        return new(null, $"{what} is no scenario of the sandbox. Known are: {string.Join(", ", known)}.");
    }

    [GeneratedRegex(@"^(?<name>[a-zA-Z0-9_]+)(-(?<number>\d{1,6}(\.\d{1,3})?))?\z")]
    private static partial Regex NameAndNumber();

    /// <summary>The chosen rule, or why the choice cannot be understood; neither when nothing was chosen.</summary>
    internal readonly record struct Choice(ScenarioRule? Rule, string? Complaint);

    private sealed record Entry(
        string Name, ScenarioAction Action, Means Number = Means.Nothing, int? Code = null,
        ScenarioAction? AtLookUp = null)
    {
        public Choice Choose(OperationName operation, double? number, bool isCharge)
        {
            var action = operation is OperationName.Find && AtLookUp is not null ? AtLookUp
                : isCharge ? Action
                : (ScenarioAction?)null;
            return action is not { } chosen ? default : new Choice(
                new ScenarioRule
                {
                    Operation = operation,
                    Action = chosen,
                    Code = Number is Means.Code && number is not null ? (int)number : Code,
                    StatusId = Number is Means.Status ? (int?)number : null,
                    DelayMs = Number is Means.Milliseconds ? (int?)number
                        : Number is Means.Seconds ? (int?)(number * 1000)
                        : null,
                    AfterDays = Number is Means.Days ? number : null,
                },
                null);
        }
    }
}
