using System.Text.Json;
using Billing.Sandbox.Misbehaving;
using Billing.Sandbox.Pages;

namespace Billing.Sandbox.Console;

/// <summary>The scenarios in force, each with all that it says, whatever that may be.</summary>
internal static class ScenarioPanel
{
    private const int Most = 20;
    private static readonly string[] Leading = ["id", "operation", "action", "times", "passed", "fired"];

    public static Html Of(IReadOnlyList<ScenarioRule> rules)
    {
        var rows = rules.Count == 0
            ? (Html)$"""<p class="soft">None: every call is answered as the gateway would.</p>"""
            : (Html)$"<ul>{rules.Take(Most).Select(Rule)}</ul>";
        var left = rules.Count - Most;
        var more = left > 0
            ? (Html)$"""<p class="soft">and {left} more: <a href="/sandbox/scenarios">all of them</a></p>"""
            : default;
        return $"""
            <section class="panel scenarios" aria-labelledby="scenarios">
            <h2 id="scenarios">Scenarios in force</h2>
            {rows}{more}
            </section>
            """;
    }

    private static Html Rule(ScenarioRule rule)
    {
        var json = JsonSerializer.SerializeToElement(rule, ScenarioEndpoints.Json);
        var criteria = json.EnumerateObject().Where(p => p.Value.ValueKind is not JsonValueKind.Null
            && !Leading.Contains(p.Name) && p.Value.ToString() is not ("0" or "False"));
        var (operation, action) = (json.GetProperty("operation").ToString(), json.GetProperty("action").ToString());
        var isSpent = rule.Fired >= (rule.Times ?? int.MaxValue);
        var fired = rule.Times is { } times ? $"fired {rule.Fired} of {times}" : $"fired {rule.Fired}";
        var mark = isSpent ? (Html)$""" class="spent" """ : default;
        var note = (Html)$"""<span class="soft">{fired}{(isSpent ? ", used up" : "")}</span>""";
        return $"<li{mark}><b>{operation}</b> {action} {criteria.Select(Criterion)}{note}</li>";
    }

    private static Html Criterion(JsonProperty property) =>
        $"<code>{property.Name} {property.Value.ToString()}</code> ";
}
