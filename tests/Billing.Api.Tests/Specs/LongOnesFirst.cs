using Billing.Api.Tests.Crashing;
using Billing.Api.Tests.GlobalPayShape;
using Billing.Api.Tests.Scenarios;
using Billing.Api.Tests.Simulating;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Billing.Api.Tests.Specs.LongOnesFirst", "Billing.Api.Tests")]

namespace Billing.Api.Tests.Specs;

/// <summary>Begins with the classes that take longest, so that none of them is left to run alone at the end.</summary>
public sealed class LongOnesFirst : ITestCollectionOrderer
{
    private static readonly Type[] Long =
    [
        typeof(years_in_a_minute), typeof(crashing_at_every_point), typeof(eight_nodes_in_three_processes), typeof(when_the_gateway_misbehaves_at_a_rate),
        typeof(crashing_between_steps), typeof(when_the_gateway_does_not_answer),
    ];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) => testCollections.OrderBy(Rank);

    // A class that names no collection is one by itself, called after it.
    private static int Rank(ITestCollection collection) =>
        Array.FindIndex(Long, type => collection.DisplayName.EndsWith($" {type.FullName}", StringComparison.Ordinal)) is >= 0 and var rank ? rank : Long.Length;
}
