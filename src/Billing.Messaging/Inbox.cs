using Npgsql;

namespace Billing.Messaging;

/// <summary>Finds the due messages of one lane, oldest first.</summary>
internal sealed class Inbox(NpgsqlDataSource database, string lane, TimeSpan lease, TimeProvider businessClock)
{
    private readonly LowWater _lowWater = new();

    /// <summary>Claims at most <paramref name="limit"/> messages. The claim is the fence: its commit decides who works on a message.</summary>
    public async Task<IReadOnlyList<Claimed>> ClaimAsync(int limit, CancellationToken ct)
    {
        var token = Guid.CreateVersion7();
        await using var command = database.CreateCommand(Sql.Claim(lane));
        return await ReadAsync(command, limit, token, ct);
    }

    /// <summary>Locks at most <paramref name="limit"/> messages for the transaction on <paramref name="connection"/>; its end frees what it did not delete.</summary>
    public async Task<IReadOnlyList<Claimed>> TakeAsync(NpgsqlConnection connection, int limit, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Sql.Take(lane), connection);
        return await ReadAsync(command, limit, null, ct);
    }

    /// <summary>Gives back what was never started, as if it had not been claimed.</summary>
    public async Task HandBackAsync(IReadOnlyCollection<Claimed> unstarted, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Sql.HandBack).With(
            unstarted.Select(m => m.Place).ToArray(), unstarted.Select(m => m.Mark).Distinct().ToArray(), TimeSpan.Zero);
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task<IReadOnlyList<Claimed>> ReadAsync(NpgsqlCommand command, int limit, Guid? token, CancellationToken ct)
    {
        var (scan, businessNow) = (_lowWater.Next(), businessClock.GetUtcNow().ToUniversalTime());
        command.With(limit, scan.RestsSince, businessNow, scan.Above.DueAt, scan.Above.Position);
        if (token is not null)
        {
            command.With(token, lease);
        }

        long[] rested = [];
        List<Claimed> claimed = [];
        await using (var row = await command.ExecuteReaderAsync(ct))
        {
            while (await row.ReadAsync(ct))
            {
                claimed.Add(Read(row, token, scan.Started));
                rested = claimed.Count > 1 ? rested : row.GetFieldValue<long[]>(14);
            }
        }

        claimed.Sort((a, b) => (a.DueAt, a.Position).CompareTo((b.DueAt, b.Position)));

        // The scan of due messages came to its end, or to its limit, or was left no room.
        var last = claimed.FindLast(m => !rested.Contains(m.Position));
        _lowWater.Passed(scan, claimed.Count < limit ? null : last is null ? scan.Above : (last.DueAt, last.Position), rested.Length < limit, businessNow);
        return claimed;
    }

    private Claimed Read(NpgsqlDataReader row, Guid? token, long started)
    {
        var at = row.Instant(8);
        return new Claimed(
            row.GetGuid(1), row.GetString(0), token is { } held ? new Lease(held, at + lease, started) : null,
            row.GetString(2), row.GetString(3), row.TextOrNull(4), row.GuidOrNull(5), row.GetInt32(6), row.GetInt32(7),
            at, row.Instant(9), row.GetInt64(10), row.TextOrNull(11), row.TextOrNull(12), row.Instant(13));
    }
}
