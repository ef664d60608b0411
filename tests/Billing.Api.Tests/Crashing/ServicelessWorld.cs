using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Crashing;

/// <summary>Database and forgetful gateway; the service comes and goes.</summary>
public class ServicelessWorld : IAsyncLifetime
{
    public World World { get; private set; } = null!;

    public virtual async Task InitializeAsync() => World = await World.WithoutServiceAsync(Node.Forgetful);

    public async Task DisposeAsync() => await World.DisposeAsync();
}
