using System.Diagnostics;
using Npgsql;

namespace Billing.Messaging;

/// <summary>Claims the messages of one lane. The claim is the fence: its commit decides who works on a message.</summary>
internal sealed class Inbox(NpgsqlDataSource database, string lane, TimeSpan lease, TimeProvider businessClock)
{
    private static readonly TimeSpan FullScanEvery = TimeSpan.FromSeconds(1);
    private static readonly (DateTimeOffset DueAt, long Position) Bottom = (DateTimeOffset.UnixEpoch, 0);

    private readonly string _claim = Sql.Claim(lane);
    private (DateTimeOffset DueAt, long Position) _floor = Bottom;
    private long _floorSince;

    /// <summary>Claims at most <paramref name="limit"/> due messages, oldest due first.</summary>
    public async Task<IReadOnlyList<Claimed>> ClaimAsync(int limit, CancellationToken ct)
    {
        var token = Guid.CreateVersion7();
        var started = Stopwatch.GetTimestamp();
        var floor = Stopwatch.GetElapsedTime(_floorSince) > FullScanEvery ? Bottom : _floor;

        await using var command = database.CreateCommand(_claim).With(
            limit, businessClock.GetUtcNow().ToUniversalTime(), floor.DueAt, floor.Position, token, lease);
        List<Claimed> claimed = [];
        await using (var row = await command.ExecuteReaderAsync(ct))
        {
            while (await row.ReadAsync(ct))
            {
                claimed.Add(Read(row, token, started));
            }
        }

        claimed.Sort((a, b) => (a.DueAt, a.Position).CompareTo((b.DueAt, b.Position)));
        BoundNextScan(claimed, limit, floor, started);
        return claimed;
    }

    /// <summary>Gives back what was never started, as if it had not been claimed.</summary>
    public async Task HandBackAsync(IReadOnlyCollection<Claimed> unstarted, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Sql.HandBack).With(
            unstarted.Select(m => m.Id).ToArray(), unstarted.Select(m => m.Token).Distinct().ToArray(), TimeSpan.Zero);
        await command.ExecuteNonQueryAsync(ct);
    }

    // Behind a full claim lie dead index entries until the next vacuum, which an open snapshot can hold up: start after them. A message
    // that is enqueued late with an earlier due instant is found by the full scan.
    private void BoundNextScan(List<Claimed> claimed, int limit, (DateTimeOffset DueAt, long Position) floor, long now)
    {
        if (claimed.Count < limit || claimed.FindLast(m => m.Claims == 1) is not { } last)
        {
            _floor = Bottom;
            return;
        }

        _floorSince = floor == Bottom ? now : _floorSince;
        _floor = (last.DueAt, last.Position);
    }

    private Claimed Read(NpgsqlDataReader row, Guid token, long started)
    {
        var leaseUntil = row.Instant(7);
        return new Claimed(
            row.GetGuid(0), token, row.GetString(1), row.GetString(2), row.TextOrNull(3), row.GuidOrNull(4),
            row.GetInt32(5), row.GetInt32(6), leaseUntil - lease, leaseUntil, row.Instant(8), row.GetInt64(9),
            row.TextOrNull(10), row.TextOrNull(11), row.Instant(12), started);
    }
}
