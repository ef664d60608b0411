using System.Text.Json;
using System.Text.Json.Serialization;

namespace Billing.Sandbox.Misbehaving;

/// <summary>
/// /sandbox/scenarios: GET shows the rules, PUT replaces them (and the seed), POST adds one, DELETE clears.
/// </summary>
internal static class ScenarioEndpoints
{
    /// <summary>A misspelt criterion would match everything, so unknown keys are refused.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public static void MapScenarios(this IEndpointRouteBuilder tools)
    {
        tools.MapGet("/scenarios", (Scenarios scenarios, Lock gate) => Under(gate, () => Shown(scenarios)));
        tools.MapPut(
            "/scenarios",
            (JsonElement body, Scenarios scenarios, Lock gate) => Understand<RuleList>(
                body, given => given.Rules.Select(r => r.Complaint()).FirstOrDefault(c => c is not null),
                given => Under(gate, () =>
                {
                    scenarios.Replace(given.Rules.Select(rule => rule with { Seed = rule.Seed ?? given.Seed }));
                    return Shown(scenarios);
                })));
        tools.MapPost(
            "/scenarios",
            (JsonElement body, Scenarios scenarios, Lock gate) => Understand<ScenarioRule>(
                body, given => given.Complaint(), given => Under(gate, () =>
                    Results.Json(scenarios.Add(given), Json, statusCode: StatusCodes.Status201Created))));
        tools.MapDelete("/scenarios", (Scenarios scenarios, Lock gate) => Under(gate, () =>
        {
            scenarios.Replace([]);
            return Results.NoContent();
        }));
    }

    private static IResult Shown(Scenarios scenarios) => Results.Json(new RuleList(scenarios.All.ToArray()), Json);

    private static IResult Under(Lock gate, Func<IResult> act)
    {
        lock (gate)
        {
            return act();
        }
    }

    private static IResult Understand<T>(JsonElement body, Func<T, string?> complaint, Func<T, IResult> act)
    {
        try
        {
            var given = body.Deserialize<T>(Json) ?? throw new JsonException("null is no rule");
            return complaint(given) is { } wrong ? throw new JsonException(wrong) : act(given);
        }
        catch (JsonException e)
        {
            return Results.Json(new { e.Message }, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    /// <param name="Seed">For every rule that has none of its own.</param>
    private sealed record RuleList(
        [property: JsonRequired] IReadOnlyList<ScenarioRule> Rules,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Seed = null);
}
