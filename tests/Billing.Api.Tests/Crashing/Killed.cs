namespace Billing.Api.Tests.Crashing;

/// <summary>Tests that start many nodes and kill them: one class after the other, because each keeps both processors busy by itself.</summary>
[CollectionDefinition(Name)]
public sealed class Killed
{
    public const string Name = "killed";
}
