using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Billing.Api.Tests.Specs;

/// <summary>One installation shared by tests that do not disturb each other: each uses customers of its own.</summary>
public class OneWorld : IAsyncLifetime
{
    private Task<Subscriber>? anyOpen;

    public World World { get; protected set; } = null!;

    /// <summary>An open preapproval, for tests that leave it as it is.</summary>
    public Task<Subscriber> AnyOpenAsync() => anyOpen ??= Subscriber.Open(World);

    public virtual async Task InitializeAsync() => World = await World.StartAsync();

    public virtual async Task DisposeAsync() => await World.DisposeAsync();
}

/// <summary>A world that trusts notifications without asking the gateway, so that tests can write them.</summary>
public sealed class BelievingWorld : OneWorld
{
    public override async Task InitializeAsync() =>
        World = await World.StartAsync(settings: new Dictionary<string, string?> { ["Notifications:Confirm"] = "off" });
}

/// <summary>A world with the default limit of failed logins, a settable clock and a readable log.</summary>
public sealed class GuardedWorld : OneWorld
{
    public MachineClock Clock { get; } = new();

    public LogLines Log { get; } = new();

    public override async Task InitializeAsync() => World = await World.StartAsync(
        settings: new Dictionary<string, string?> { ["Authentication:FailuresPerMinute"] = "10" },
        configure: services => services.AddSingleton<TimeProvider>(Clock).AddSingleton<ILoggerProvider>(Log));

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Log.Dispose();
    }
}

/// <summary>The world in which a node meets wrong keys and a wrong clock.</summary>
[CollectionDefinition(Name)]
public sealed class GuardedCollection : ICollectionFixture<GuardedWorld>
{
    public const string Name = "guarded";
}

/// <summary>The world in which the gateway's notifications are tried.</summary>
[CollectionDefinition(Name)]
public sealed class NotifyingCollection : ICollectionFixture<BelievingWorld>
{
    public const string Name = "notifying";
}

/// <summary>The world in which the gateway is asked before a notification of money is believed.</summary>
[CollectionDefinition(Name)]
public sealed class AskingCollection : ICollectionFixture<OneWorld>
{
    public const string Name = "asking";
}

/// <summary>The world in which storefronts written for GlobalPay call.</summary>
[CollectionDefinition(Name)]
public sealed class GlobalPayCollection : ICollectionFixture<OneWorld>
{
    public const string Name = "shaped like GlobalPay";
}

/// <summary>The world in which a merchant's developer and support desk ask about subscriptions.</summary>
[CollectionDefinition(Name)]
public sealed class SubscribedCollection : ICollectionFixture<OneWorld>
{
    public const string Name = "subscribed";
}
