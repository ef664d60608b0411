using System.Text.Json.Nodes;

namespace Billing.Api.Tests.Crashing;

/// <summary>What the gateway does wrong while a node is to die at a point.</summary>
internal static class PointScenarios
{
    public static JsonObject Of(Point point, int seed) => point switch
    {
        { IsLookUp: true } => Silence,
        { IsWave: true } => SlowSilence,
        _ => Trouble(seed),
    };

    // Half of the outcomes are notified late, twice or never, and some calls break off: each costs at most a look-up.
    private static JsonObject Trouble(int seed) => new()
    {
        ["seed"] = seed,
        ["rules"] = new JsonArray(
            [
                Rule("notify", "lose_notification", 20), Rule("notify", "notify_twice", 15),
                Rule("charge", "notify_first", 15),
                Rule("charge", "act_then_reset", 8), Rule("charge", "act_then_500", 8),
            ]),
    };

    private static JsonObject Silence => new() { ["rules"] = new JsonArray(Rule("notify", "lose_notification", 100)) };

    // All charges of a wave are sent before the first is answered, and only the answers say what became of them.
    private static JsonObject SlowSilence => new()
    {
        ["rules"] = new JsonArray(Rule("notify", "lose_notification", 100), Rule("charge", "slow", 100)),
    };

    private static JsonNode Rule(string operation, string action, int percent) =>
        new JsonObject
        {
            ["operation"] = operation,
            ["action"] = action,
            ["percent"] = percent,
            ["merchantTransactionId"] = operation == "notify" ? "*" : null,
        };
}
