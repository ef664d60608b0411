using System.Buffers.Binary;
using Npgsql;

namespace Billing.Api.Hosting.Sites;

/// <summary>
/// Lets one process at a time do a work of a site: a session lock of PostgreSQL, which ends with the connection of a
/// process that dies.
/// </summary>
public sealed class SiteLock(NpgsqlDataSource dataSource, Database database)
{
    /// <param name="work">The name of the work, for example reconciliation.</param>
    /// <returns>Null when another process holds it. Dispose it to let the next one begin.</returns>
    public async Task<IAsyncDisposable?> TryTakeAsync(string work, string site, CancellationToken ct)
    {
        var connection = await dataSource.OpenConnectionAsync(ct);
        var key = BinaryPrimitives.ReadInt64BigEndian(DerivedId.Of(work, database.Schema, site).ToByteArray());
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
