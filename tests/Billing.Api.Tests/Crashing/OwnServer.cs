using Billing.Testing;

namespace Billing.Api.Tests.Crashing;

/// <summary>A PostgreSQL server that no other class of tests uses.</summary>
public sealed class OwnServer : IAsyncLifetime
{
    public TestCluster Cluster { get; private set; } = null!;

    public async Task InitializeAsync() => Cluster = await TestCluster.StartAsync();

    public async Task DisposeAsync() => await Cluster.DisposeAsync();
}
