namespace Billing.Api.Tests.Specs;

/// <summary>One installation shared by tests that do not disturb each other: each uses customers of its own.</summary>
public class OneWorld : IAsyncLifetime
{
    public World World { get; private set; } = null!;

    public virtual async Task InitializeAsync() => World = await World.StartAsync();

    public virtual async Task DisposeAsync() => await World.DisposeAsync();
}

/// <summary>The world in which the gateway's notifications are tried.</summary>
[CollectionDefinition(Name)]
public sealed class NotifyingHouse : ICollectionFixture<OneWorld>
{
    public const string Name = "notifying";
}

/// <summary>The world in which storefronts written for GlobalPay call.</summary>
[CollectionDefinition(Name)]
public sealed class GlobalPayHouse : ICollectionFixture<OneWorld>
{
    public const string Name = "shaped like GlobalPay";
}
