using Billing.EventStore;
using Npgsql;

namespace Billing.Messaging;

/// <summary>The last statements on rows that are held: deleted, handed back, put to rest or buried.</summary>
internal static class Endings
{
    public static void Write(NpgsqlBatch batch, IReadOnlyCollection<Settlement> held, DateTimeOffset databaseNow)
    {
        var finished = held.Where(s => s.Ending is Ending.Finished).Select(s => s.Message.Place).ToArray();
        if (finished.Length > 0)
        {
            batch.Add(Sql.Finish, finished);
        }

        // The rare ends go one statement each.
        foreach (var (message, ending) in held.Select(s => (s.Message, s.Ending)))
        {
            switch (ending)
            {
                case Ending.HandedBack handedBack:
                    batch.Add(Sql.HandBack, new[] { message.Place }, new[] { message.Mark }, handedBack.Delay);
                    break;
                case Ending.Retried retried:
                    batch.Add(Sql.Retry, message.Place, retried.Delay);
                    break;
                case Ending.Died died:
                    batch.Add(Sql.Bury, message.Place, died.Reason, died.Stack, databaseNow);
                    break;
            }
        }
    }
}

/// <summary>The rows that are ours until this transaction ends: nobody else can change them.</summary>
internal sealed record Held(IReadOnlySet<(string Place, Guid Mark)> Rows, DateTimeOffset DatabaseNow)
{
    /// <summary>What this transaction found and locked itself.</summary>
    public static Held Taken(IReadOnlyCollection<Settlement> work) =>
        new(work.Select(s => (s.Message.Place, s.Message.Mark)).ToHashSet(), work.Max(s => s.Message.FoundAt));

    /// <summary>Locks what is still ours of messages that were claimed, or taken and put back.</summary>
    public static async Task<Held> LockAsync(NpgsqlConnection connection, IReadOnlyCollection<Settlement> work, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Sql.Hold, connection).With(
            work.Select(s => s.Message.Place).ToArray(), work.Select(s => s.Message.Mark).Distinct().ToArray());
        await using var row = await command.ExecuteReaderAsync(ct);
        HashSet<(string, Guid)> rows = [];
        var databaseNow = DateTimeOffset.UnixEpoch;
        while (await row.ReadAsync(ct))
        {
            rows.Add((row.GetString(0), row.GetGuid(1)));
            databaseNow = row.Instant(2);
        }

        return new Held(rows, databaseNow);
    }

    public bool Has(Settlement one) => Rows.Contains((one.Message.Place, one.Message.Mark));
}
