using Billing.Api.Tests.Auditing;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Crashing;
using Billing.Api.Tests.GlobalPayShape;
using Billing.Api.Tests.Operating;
using Billing.Api.Tests.Reconciling;
using Billing.Api.Tests.Scenarios;
using Billing.Api.Tests.Simulating;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Billing.Api.Tests.Specs.LongOnesFirst", "Billing.Api.Tests")]

namespace Billing.Api.Tests.Specs;

/// <summary>Begins with what takes longest, so that none of it is left to run alone at the end.</summary>
public sealed class LongOnesFirst : ITestCollectionOrderer
{
    // A class that names no collection is one by itself, called after it.
    private static readonly string[] Long =
    [
        Alone<years_in_a_minute>(), Alone<eight_nodes_in_three_processes>(), Alone<crashing_at_every_point>(),
        Alone<when_an_operator_decides>(), Alone<when_a_subscription_changes>(),
        Alone<when_the_gateway_does_not_answer>(), Alone<when_the_outcome_of_a_charge_is_unknown>(),
        Alone<crashing_the_database>(), Alone<when_auditing>(), Alone<crashing_between_steps>(),
        Alone<when_events_are_logged>(), Alone<when_the_gateway_is_away>(), Alone<when_the_gateway_differs>(),
        Alone<stopping_under_full_load>(), Alone<crashing_while_the_gateway_holds_a_call>(),
    ];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(Rank);

    private static int Rank(ITestCollection collection) =>
        Array.FindIndex(Long, name => collection.DisplayName.EndsWith(name, StringComparison.Ordinal)) is >= 0
            and var rank
            ? rank
            : Long.Length;

    private static string Alone<T>() => $" {typeof(T).FullName}";
}
