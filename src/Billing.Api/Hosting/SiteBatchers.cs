using System.Collections.Concurrent;

namespace Billing.Api.Hosting;

/// <summary>A <see cref="RequestBatcher{TRequest, TResponse}"/> for each site: a session serves one site.</summary>
/// <param name="batchSize">The size at which a batch takes no further request.</param>
/// <param name="concurrency">Batches of one site handled at the same time.</param>
/// <param name="handle">Takes the site; returns one response for each request, in order.</param>
/// <param name="sizeOf">Of one request; null: 1.</param>
public sealed class SiteBatchers<TRequest, TResponse>(
    int batchSize, int concurrency, Func<string, IReadOnlyList<TRequest>, Task<IReadOnlyList<TResponse>>> handle,
    Func<TRequest, int>? sizeOf = null)
    : IAsyncDisposable
{
    // Lazy: a batcher that loses a race would leave its workers behind.
    private readonly ConcurrentDictionary<string, Lazy<RequestBatcher<TRequest, TResponse>>> sites = new(
        StringComparer.Ordinal);

    /// <inheritdoc cref="RequestBatcher{TRequest, TResponse}.SendAsync"/>
    public Task<TResponse> SendAsync(string site, TRequest request, CancellationToken ct = default) =>
        sites.GetOrAdd(site, Create).Value.SendAsync(request, ct);

    /// <summary>Handles what was sent, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var batcher in sites.Values)
        {
            await batcher.Value.DisposeAsync();
        }
    }

    private Lazy<RequestBatcher<TRequest, TResponse>> Create(string site) =>
        new(() => new(batchSize, concurrency, batch => handle(site, batch), sizeOf));
}
