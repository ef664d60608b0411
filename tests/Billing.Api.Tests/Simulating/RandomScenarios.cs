using System.Globalization;
using System.Text.Json.Nodes;

namespace Billing.Api.Tests.Simulating;

/// <summary>How the gateway misbehaves over the years: nearly every scenario, each at a low rate.</summary>
internal static class RandomScenarios
{
    private static readonly (string Operation, string Action, double Percent, double? AfterDays)[] Rules =
    [
        ("charge", "decline", 5, null), ("charge", "refuse", 0.5, null),
        // The mandate is dead; what was sent is invalid.
        ("charge", "decline:12", 0.8, null), ("charge", "refuse:118", 0.5, null),
        ("charge", "act_then_500", 1.5, null), ("charge", "error_500", 1, null),
        ("charge", "act_then_reset", 1.5, null), ("charge", "reset", 1, null), ("charge", "rate_limited", 0.1, null),
        ("charge", "act_then_timeout", 0.06, null), ("charge", "timeout", 0.04, null), ("charge", "slow", 0.5, null),
        ("charge", "garbled", 1, null), ("charge", "html", 0.5, null), ("charge", "another_payment", 0.5, null),
        ("charge", "wrong_amount", 0.5, null), ("charge", "unknown_status", 0.5, null),
        ("charge", "null_status", 0.5, null), ("charge", "answered_twice", 0.5, null),
        ("charge", "duplicate_code", 1, null),
        ("charge", "pending_then_success", 2, 2), ("charge", "pending_then_failure", 1, 2),
        ("charge", "failed_then_success", 1, 0.5), ("charge", "failed_then_success", 1, 2.5),
        ("charge", "notify_first", 3, null),
        ("notify", "lose_notification", 4, null), ("notify", "notify_twice", 6, null), ("notify", "notify_late", 4, 3),
        ("notify", "notify_reordered", 3, null), ("notify", "notify_old", 2, null),
        ("notify", "notify_forged", 2, null),
        ("find", "not_found", 4, null), ("find", "error_500", 4, null), ("find", "garbled", 2, null),
        ("find", "html", 2, null),
        ("read_payment", "error_500", 3, null), ("read_payment", "garbled", 2, null),
        ("change", "act_then_500", 10, null), ("change", "error_500", 5, null), ("close", "act_then_500", 10, null),
        ("close", "act_then_reset", 5, null),
    ];

    // Of these customers retries are used up: of the first six, whose schedules suspend or close, for good.
    private static readonly (int Number, double Percent)[] Unpaying =
        [(4, 100), (8, 100), (12, 100), (5, 100), (9, 100), (13, 100), (6, 70), (10, 70), (11, 70)];

    public static JsonObject Of(int seed) => new()
    {
        ["seed"] = seed,
        ["rules"] = new JsonArray([
            .. Unpaying.Select(it => new JsonObject
            {
                ["operation"] = "charge", ["action"] = "decline", ["percent"] = it.Percent, ["skip"] = 2,
                ["merchantPreapprovalId"] = $"sim-{it.Number}",
            }),
            .. Rules.Select(Rule)
        ]),
    };

    // A slow call still ends before the time-out; only notifications of payments are lost.
    private static JsonNode Rule((string Operation, string Action, double Percent, double? AfterDays) it) =>
        new JsonObject
        {
            ["operation"] = it.Operation, ["action"] = it.Action.Split(':')[0], ["code"] = CodeOf(it.Action),
            ["percent"] = it.Percent, ["afterDays"] = it.AfterDays,
            ["delayMs"] = it.Action is "slow" or "rate_limited" ? 300 : null,
            ["merchantTransactionId"] = it.Operation is "notify" ? "*" : null,
        };

    private static int? CodeOf(string action) =>
        action.Split(':') is [_, var code] ? int.Parse(code, CultureInfo.InvariantCulture) : null;
}
