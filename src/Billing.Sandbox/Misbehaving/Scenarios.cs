using System.Text.Json;
using Billing.Sandbox.Calls;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Misbehaving;

/// <summary>The rules in force, in the order they were given; the first that matches and has times left wins.</summary>
internal sealed class Scenarios(Journal journal) : IRemembered
{
    private readonly Dictionary<string, int> occurrences = [];
    private List<ScenarioRule> rules = [];
    private bool hasRates;
    private int lastId;

    public IReadOnlyList<ScenarioRule> All => rules;

    public bool Any => rules.Count > 0;

    public bool AnyFor(OperationName operation) => rules.Exists(rule => rule.Operation == operation);

    /// <summary>Other rules, and all luck drawn anew: the same list meets the same calls again.</summary>
    public void Replace(IEnumerable<ScenarioRule> fresh)
    {
        Set([]);
        occurrences.Clear();
        journal.Write("occurrences_forgotten", new Occurrence("", 0));
        foreach (var rule in fresh)
        {
            Set([.. rules, Numbered(rule)]);
        }

        Remember();
    }

    public ScenarioRule Add(ScenarioRule rule)
    {
        Set([.. rules, Numbered(rule)]);
        Remember();
        return rules[^1];
    }

    /// <summary>The rule for this call, counted as fired; null when none applies.</summary>
    public ScenarioRule? Take(OperationName operation, Subject subject)
    {
        var (about, occurrence) = hasRates ? Count(operation, subject) : ("", 0);
        for (var i = 0; i < rules.Count; i++)
        {
            var rule = rules[i];
            if (rule.Fired >= (rule.Times ?? int.MaxValue)
                || !rule.Matches(operation, subject)
                || (rule.Percent is { } percent && !Chance.Falls(percent, rule.Seed ?? 0, i, about, occurrence)))
            {
                continue;
            }

            var passes = rule.Passed < rule.Skip;
            rules[i] = passes ? rule with { Passed = rule.Passed + 1 } : rule with { Fired = rule.Fired + 1 };
            Remember();
            if (!passes)
            {
                return rules[i];
            }
        }

        return null;
    }

    public void Recall(string kind, JsonElement row)
    {
        switch (kind)
        {
            case "rules":
                Set(row.Deserialize<List<ScenarioRule>>(ScenarioEndpoints.Json)!);
                lastId = rules.Select(r => r.Id).DefaultIfEmpty().Max();
                break;
            case "occurrence":
                var met = row.Deserialize<Occurrence>()!;
                occurrences[met.About] = met.Times;
                break;
            case "occurrences_forgotten":
                occurrences.Clear();
                break;
        }
    }

    public IEnumerable<(string Kind, object Row)> Rows() =>
        occurrences.Select(o => ("occurrence", (object)new Occurrence(o.Key, o.Value)))
            .Append(("rules", JsonSerializer.SerializeToElement(rules, ScenarioEndpoints.Json)));

    public void Forget()
    {
        Set([]);
        occurrences.Clear();
        lastId = 0;
    }

    private void Set(List<ScenarioRule> fresh)
    {
        rules = fresh;
        hasRates = fresh.Exists(rule => rule.Percent is not null);
    }

    private (string About, int Occurrence) Count(OperationName operation, Subject subject)
    {
        var about = Chance.About(operation, subject);
        var times = occurrences[about] = occurrences.GetValueOrDefault(about) + 1;
        journal.Write("occurrence", new Occurrence(about, times));
        return (about, times);
    }

    private ScenarioRule Numbered(ScenarioRule rule) => rule with { Id = ++lastId, Passed = 0, Fired = 0 };

    private void Remember() => journal.Write("rules", JsonSerializer.SerializeToElement(rules, ScenarioEndpoints.Json));

    private sealed record Occurrence(string About, int Times);
}
