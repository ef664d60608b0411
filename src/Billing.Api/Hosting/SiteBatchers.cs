using System.Collections.Concurrent;

namespace Billing.Api.Hosting;

/// <summary>A <see cref="RequestBatcher{TRequest, TResponse}"/> for each site: a session serves one site.</summary>
/// <param name="batchSize">The most requests of one batch.</param>
/// <param name="concurrency">Batches of one site handled at the same time.</param>
/// <param name="handle">Takes the site; returns one response for each request, in order.</param>
public sealed class SiteBatchers<TRequest, TResponse>(
    int batchSize, int concurrency, Func<string, IReadOnlyList<TRequest>, Task<IReadOnlyList<TResponse>>> handle)
    : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, RequestBatcher<TRequest, TResponse>> sites = new(
        StringComparer.Ordinal);

    /// <inheritdoc cref="RequestBatcher{TRequest, TResponse}.SendAsync"/>
    public Task<TResponse> SendAsync(string site, TRequest request, CancellationToken ct = default) => sites.GetOrAdd(
        site, _ => new(batchSize, concurrency, batch => handle(site, batch))).SendAsync(request, ct);

    /// <summary>Handles what was sent, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var batcher in sites.Values)
        {
            await batcher.DisposeAsync();
        }
    }
}
