namespace Billing.Api.Tests.Specs;

/// <summary>One installation for all tests of a class or collection: each test brings its own subscribers.</summary>
public class SharedWorld : IAsyncLifetime
{
    public World World { get; private set; } = null!;

    public virtual async Task InitializeAsync() => World = await World.StartAsync();

    public virtual async Task DisposeAsync() => await World.DisposeAsync();
}
