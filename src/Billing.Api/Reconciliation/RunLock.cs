using System.Buffers.Binary;
using Billing.Api.Hosting;
using Npgsql;

namespace Billing.Api.Reconciliation;

/// <summary>
/// Lets one node at a time reconcile a site: a session lock of PostgreSQL, which ends with the connection of a node
/// that dies.
/// </summary>
public sealed class RunLock(NpgsqlDataSource dataSource, Database database)
{
    /// <returns>Null when another node holds it. Dispose it to let the next one begin.</returns>
    public async Task<IAsyncDisposable?> TryTakeAsync(string site, CancellationToken ct)
    {
        var connection = await dataSource.OpenConnectionAsync(ct);
        var key = BinaryPrimitives.ReadInt64BigEndian(
            DerivedId.Of("reconciliation", database.Schema, site).ToByteArray());
        await using var command = new NpgsqlCommand("select pg_try_advisory_lock($1)", connection)
        {
            Parameters = { new() { Value = key } },
        };

        if (await command.ExecuteScalarAsync(ct) is true)
        {
            return new Held(connection, key);
        }

        await connection.DisposeAsync();

        return null;
    }

    private sealed class Held(NpgsqlConnection connection, long key) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            try
            {
                await using var command = new NpgsqlCommand("select pg_advisory_unlock($1)", connection)
                {
                    Parameters = { new() { Value = key } },
                };
                await command.ExecuteNonQueryAsync();
            }
            catch (NpgsqlException)
            {
                // A lost connection has released it.
            }

            await connection.DisposeAsync();
        }
    }
}
