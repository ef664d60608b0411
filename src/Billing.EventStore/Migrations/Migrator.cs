using System.Data;
using Npgsql;

namespace Billing.EventStore;

/// <summary>Brings the schema of the connection's Search Path up to date. Any number of nodes may start at once.</summary>
public sealed class Migrator(NpgsqlDataSource dataSource, IEnumerable<SchemaScript> scripts)
{
    private const string AppliedScripts =
        """
        create table if not exists schema_migrations (
            component varchar not null,
            number int not null,
            name varchar not null,
            sha256 bytea not null,
            applied_at timestamptz not null,
            constraint pk_schema_migrations primary key (component, number)
        )
        """;

    /// <summary>Applies what is missing, each script in a transaction of its own.</summary>
    /// <returns>The names of the scripts that were applied now.</returns>
    /// <exception cref="InvalidOperationException">The database is not UTF-8, the connection names no schema, or an applied script reads differently now.</exception>
    public async Task<IReadOnlyList<string>> ApplyAsync(CancellationToken ct)
    {
        var schema = SchemaOf(dataSource);
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await RefuseOtherEncodingsAsync(connection, ct);

        // The lock is the session's, and the pool does not give it back.
        try
        {
            await ExecuteAsync(connection, "select pg_advisory_lock(hashtextextended('billing schema ' || $1, 0))", ct, schema);
            await ExecuteAsync(connection, $"create schema if not exists {new NpgsqlCommandBuilder().QuoteIdentifier(schema)}", ct);
            await ExecuteAsync(connection, AppliedScripts, ct);
            return await ApplyMissingAsync(connection, ct);
        }
        finally
        {
            // A connection that broke has given it back.
            if (connection.State is ConnectionState.Open)
            {
                await ExecuteAsync(connection, "select pg_advisory_unlock(hashtextextended('billing schema ' || $1, 0))", CancellationToken.None, schema);
            }
        }
    }

    /// <summary>The first schema of the Search Path: what unqualified names mean.</summary>
    internal static string SchemaOf(NpgsqlDataSource dataSource) =>
        new NpgsqlConnectionStringBuilder(dataSource.ConnectionString).SearchPath?.Split(',')[0].Trim().Trim('"') is { Length: > 0 } schema
            ? schema
            : "public";

    private async Task<IReadOnlyList<string>> ApplyMissingAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var known = await AppliedAsync(connection, ct);
        var applied = new List<string>();
        foreach (var script in scripts)
        {
            if (known.TryGetValue((script.Component, script.Number), out var sha256))
            {
                RefuseChanged(script, sha256);
                continue;
            }

            await using var transaction = await connection.BeginTransactionAsync(ct);
            await ExecuteAsync(connection, script.Sql, ct);
            await ExecuteAsync(
                connection, "insert into schema_migrations (component, number, name, sha256, applied_at) values ($1, $2, $3, $4, clock_timestamp())", ct,
                script.Component, script.Number, script.Name, script.Sha256);
            await transaction.CommitAsync(ct);
            applied.Add(script.ToString());
        }

        return applied;
    }

    private static async Task<Dictionary<(string, int), byte[]>> AppliedAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var known = new Dictionary<(string, int), byte[]>();
        await using var command = new NpgsqlCommand("select component, number, sha256 from schema_migrations", connection);
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            known.Add((rows.GetString(0), rows.GetInt32(1)), rows.Bytes(2));
        }

        return known;
    }

    private static void RefuseChanged(SchemaScript script, byte[] sha256)
    {
        if (!script.Sha256.AsSpan().SequenceEqual(sha256))
        {
            throw new InvalidOperationException($"The script {script} was changed after it was applied to this database. Add a new script instead.");
        }
    }

    private static async Task RefuseOtherEncodingsAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("show server_encoding", connection);
        if (await command.ExecuteScalarAsync(ct) is not "UTF8" and var encoding)
        {
            throw new InvalidOperationException($"The database is encoded in {encoding}. Hashes and ids need UTF8: create it with encoding 'UTF8'.");
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct, params object[] parameters)
    {
        // No limit: another node may be migrating a big table while this one waits for the lock.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var value in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.ExecuteNonQueryAsync(ct);
    }
}
