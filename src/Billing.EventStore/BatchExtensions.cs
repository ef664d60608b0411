using Npgsql;

namespace Billing.EventStore;

public static class BatchExtensions
{
    /// <summary>Adds a statement with positional parameters ($1, $2, …), typed by their values.</summary>
    /// <param name="batch">The batch that the statement joins.</param>
    /// <param name="sql">One statement.</param>
    /// <param name="parameters">Instants in UTC. A null is untyped: cast in SQL where PostgreSQL cannot infer its type.</param>
    public static void Add(this NpgsqlBatch batch, string sql, params object?[] parameters) =>
        batch.BatchCommands.Add(Command(sql, parameters));

    /// <summary>Adds a statement whose $1 and $2 are the tenants and ids of <paramref name="keys"/>.</summary>
    internal static void AddKeys(this NpgsqlBatch batch, string sql, IReadOnlyList<StreamKey> keys, params object?[] parameters) =>
        batch.Add(sql, [keys.Select(key => key.Tenant).ToArray(), keys.Select(key => key.Id).ToArray(), .. parameters]);

    internal static NpgsqlBatchCommand Command(string sql, params object?[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);

        // A lone array of texts arrives here as the list of parameters itself: arrays of references are covariant.
        foreach (var value in parameters.GetType() == typeof(object[]) ? parameters : [parameters])
        {
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value ?? DBNull.Value });
        }

        return command;
    }
}
