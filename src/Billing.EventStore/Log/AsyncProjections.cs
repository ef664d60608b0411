using Microsoft.Extensions.Logging;
using Npgsql;

namespace Billing.EventStore;

/// <summary>Keeps async projections going, on as many nodes as run it: each projection has one active reader, the others stand by.</summary>
public sealed class AsyncProjections(EventStore store, IReadOnlyList<IAsyncProjection> projections, AsyncProjectionOptions options, ILogger<AsyncProjections> logger)
{
    /// <summary>Runs until it is cancelled, then gives its leases back. An outage or a broken projection does not end it.</summary>
    public Task RunAsync(CancellationToken ct) =>
        Task.WhenAll(projections.Select(projection => new ProjectionRunner(store, projection, options, logger).RunAsync(ct)));

    /// <summary>Tries a stopped or waiting projection again now, with the whole ladder of retries before it.</summary>
    /// <exception cref="ArgumentException">There is no such projection.</exception>
    public async Task ResumeAsync(string name, CancellationToken ct)
    {
        await using var batch = store.DataSource.CreateBatch();
        batch.Add(Sql.ResumeReader, Find(name).Name);
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Empties the projection's tables and starts it from the beginning; its reader writes them anew. What a reader holds right now is not written.</summary>
    /// <exception cref="ArgumentException">There is no such projection, or what it wrote is final.</exception>
    public async Task RebuildAsync(string name, CancellationToken ct)
    {
        var projection = Find(name);
        if (projection.Tables.Count == 0)
        {
            throw new ArgumentException($"What {name} wrote is final: it cannot be rebuilt.", nameof(name));
        }

        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(Sql.RegisterReader, name);
        batch.Add(Sql.ResetReader, name);
        batch.Add($"truncate {string.Join(", ", projection.Tables.Select(Sql.Quote))}");
        await batch.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    private IAsyncProjection Find(string name) => projections.SingleOrDefault(p => p.Name == name)
        ?? throw new ArgumentException($"There is no async projection {name}.", nameof(name));
}
