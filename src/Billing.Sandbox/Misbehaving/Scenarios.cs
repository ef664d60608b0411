using System.Text.Json;

namespace Billing.Sandbox;

/// <summary>The rules in force, in the order they were given; the first that matches and has times left wins.</summary>
internal sealed class Scenarios(Journal journal) : IRemembered
{
    private List<ScenarioRule> rules = [];
    private int lastId;

    public IReadOnlyList<ScenarioRule> All => rules;

    public bool Any => rules.Count > 0;

    public void Replace(IEnumerable<ScenarioRule> fresh)
    {
        rules = [];
        foreach (var rule in fresh)
        {
            rules.Add(Numbered(rule));
        }

        Remember();
    }

    public ScenarioRule Add(ScenarioRule rule)
    {
        rules.Add(Numbered(rule));
        Remember();
        return rules[^1];
    }

    /// <summary>The rule for this call, counted as fired; null when none applies.</summary>
    public ScenarioRule? Take(OperationName operation, Subject subject)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            var rule = rules[i];
            if (rule.Fired >= (rule.Times ?? int.MaxValue) || !rule.Matches(operation, subject))
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
        if (kind == "rules")
        {
            rules = row.Deserialize<List<ScenarioRule>>(ScenarioEndpoints.Json)!;
            lastId = rules.Select(r => r.Id).DefaultIfEmpty().Max();
        }
    }

    public IEnumerable<(string Kind, object Row)> Rows() => [("rules", JsonSerializer.SerializeToElement(rules, ScenarioEndpoints.Json))];

    public void Forget()
    {
        rules = [];
        lastId = 0;
    }

    private ScenarioRule Numbered(ScenarioRule rule) => rule with { Id = ++lastId, Passed = 0, Fired = 0 };

    private void Remember() => journal.Write("rules", JsonSerializer.SerializeToElement(rules, ScenarioEndpoints.Json));
}
