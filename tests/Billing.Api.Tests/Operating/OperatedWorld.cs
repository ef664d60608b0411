using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Operating;

/// <summary>The installation whose verbs are tested: one for all, one test after the other.</summary>
[CollectionDefinition(Name)]
public sealed class OperatedWorld : ICollectionFixture<OneWorld>
{
    public const string Name = "operated";
}
