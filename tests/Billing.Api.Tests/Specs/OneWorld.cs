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

/// <summary>One installation that believes its notifications without asking the gateway, so that tests may write them by hand.</summary>
public sealed class BelievingWorld : OneWorld
{
    public override async Task InitializeAsync() => World = await World.StartAsync(settings: new Dictionary<string, string?> { ["Notifications:Confirm"] = "off" });
}

/// <summary>One installation with the default limit of failed logins, whose clock may be set wrong and whose log can be read.</summary>
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
public sealed class GuardedHouse : ICollectionFixture<GuardedWorld>
{
    public const string Name = "guarded";
}

/// <summary>The world in which the gateway's notifications are tried.</summary>
[CollectionDefinition(Name)]
public sealed class NotifyingHouse : ICollectionFixture<BelievingWorld>
{
    public const string Name = "notifying";
}

/// <summary>The world in which the gateway is asked before a notification of money is believed.</summary>
[CollectionDefinition(Name)]
public sealed class AskingHouse : ICollectionFixture<OneWorld>
{
    public const string Name = "asking";
}

/// <summary>The world in which storefronts written for GlobalPay call.</summary>
[CollectionDefinition(Name)]
public sealed class GlobalPayHouse : ICollectionFixture<OneWorld>
{
    public const string Name = "shaped like GlobalPay";
}

/// <summary>The world in which a merchant's developer and support desk ask about subscriptions.</summary>
[CollectionDefinition(Name)]
public sealed class SubscribedHouse : ICollectionFixture<OneWorld>
{
    public const string Name = "subscribed";
}
