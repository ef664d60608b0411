using Billing.Api.Hosting;
using Marten;
using Npgsql;

namespace Billing.Api.Hosting.Streams;

/// <summary>Finds the stream that an outside id names, within one site.</summary>
public sealed class StreamDirectory(IDocumentStore store, NpgsqlDataSource dataSource, Database database)
{
    public async Task<Guid?> ByGatewayIdAsync(string site, long gatewayPreapprovalId, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);

        return (await session.LoadAsync<GatewayPreapprovalIdGuard>($"{gatewayPreapprovalId}", ct))?.PreapprovalId;
    }

    public async Task<Guid?> ByMerchantPreapprovalIdAsync(
        string site, string merchantPreapprovalId, CancellationToken ct)
    {
        await using var session = store.QuerySession(site);

        return (await session.LoadAsync<MerchantPreapprovalIdGuard>(merchantPreapprovalId, ct))?.PreapprovalId;
    }

    /// <summary>By the derived id of the event that requested the charge.</summary>
    public Task<Guid?> ByMerchantTransactionIdAsync(string site, string merchantTransactionId, CancellationToken ct) =>
        ByEventIdAsync(site, EventIds.OfCharge(site, merchantTransactionId), ct);

    /// <summary>By the derived id of the event that requested the refund.</summary>
    public Task<Guid?> ByRefundReferenceAsync(string site, string reference, CancellationToken ct) =>
        ByEventIdAsync(site, EventIds.OfRefund(site, reference), ct);

    /// <summary>The versions of streams, by their ids; streams that do not exist are left out.</summary>
    public async Task<IReadOnlyDictionary<Guid, long>> VersionsAsync(string site, Guid[] ids)
    {
        await using var command = dataSource.CreateCommand(
            $"select id, version from {database.Schema}.mt_streams where tenant_id = $1 and id = any ($2)");
        command.With(site, ids);
        var versions = new Dictionary<Guid, long>();
        await using var row = await command.ExecuteReaderAsync();

        while (await row.ReadAsync())
        {
            versions.Add(row.GetGuid(0), row.GetInt64(1));
        }

        return versions;
    }

    private async Task<Guid?> ByEventIdAsync(string site, Guid eventId, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"select stream_id from {database.Schema}.mt_events where id = $1 and tenant_id = $2");
        command.Parameters.Add(new() { Value = eventId });
        command.Parameters.Add(new() { Value = site });

        return await command.ExecuteScalarAsync(ct) as Guid?;
    }
}
