namespace Billing.Api.Tests.Crashing;

/// <summary>Tests that start and kill many nodes, one class at a time: each needs both processors.</summary>
[CollectionDefinition(Name)]
public sealed class Killed
{
    public const string Name = "killed";
}
