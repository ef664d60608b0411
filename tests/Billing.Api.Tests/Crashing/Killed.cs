namespace Billing.Api.Tests.Crashing;

/// <summary>Tests that kill or stop whole processes: one class after the other, because each of them keeps both processors busy with nodes that start.</summary>
[CollectionDefinition(Name)]
public sealed class Killed
{
    public const string Name = "killed";
}
