using System.Text.Json;
using System.Text.Json.Serialization;

namespace Billing.Sandbox;

/// <summary>/sandbox/scenarios: GET shows the rules, PUT replaces them, POST adds one, DELETE clears them.</summary>
internal static class ScenarioEndpoints
{
    /// <summary>A misspelt criterion would match everything, so unknown keys are refused.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter<OperationName>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    public static void MapScenarios(this IEndpointRouteBuilder tools)
    {
        tools.MapGet("/scenarios", (Scenarios scenarios, Lock gate) => Under(gate, () => Shown(scenarios)));
        tools.MapPut("/scenarios", (JsonElement body, Scenarios scenarios, Lock gate) => Understand<RuleList>(body, given => Under(gate, () =>
        {
            scenarios.Replace(given.Rules);
            return Shown(scenarios);
        })));
        tools.MapPost("/scenarios", (JsonElement body, Scenarios scenarios, Lock gate) => Understand<ScenarioRule>(body, given => Under(gate, () =>
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

    private static IResult Understand<T>(JsonElement body, Func<T, IResult> act)
    {
        try
        {
            return act(body.Deserialize<T>(Json) ?? throw new JsonException("null is no rule"));
        }
        catch (JsonException e)
        {
            return Results.Json(new { e.Message }, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    private sealed record RuleList([property: JsonRequired] IReadOnlyList<ScenarioRule> Rules);
}
