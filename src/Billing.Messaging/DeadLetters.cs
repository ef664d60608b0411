using Npgsql;

namespace Billing.Messaging;

/// <summary>What could not be done, for an operator to see and to try again.</summary>
public sealed class DeadLetters(NpgsqlDataSource database)
{
    /// <summary>The oldest letters first, a page at a time.</summary>
    /// <param name="limit">At most this many.</param>
    /// <param name="after">The last letter of the page before; null: from the start.</param>
    public async Task<IReadOnlyList<DeadLetter>> ListAsync(int limit, DeadLetter? after, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Sql.ListDead).With(
            limit, after?.DiedAt.ToUniversalTime() ?? DateTimeOffset.UnixEpoch, after?.MessageId ?? Guid.Empty);
        await using var row = await command.ExecuteReaderAsync(ct);
        List<DeadLetter> letters = [];
        while (await row.ReadAsync(ct))
        {
            letters.Add(new DeadLetter(
                row.GetGuid(0), row.GetString(1), row.TextOrNull(2), row.GuidOrNull(3), row.GetString(4), row.GetInt32(5), row.GetInt32(6),
                row.Instant(7), row.Instant(8), row.TextOrNull(9), row.TextOrNull(10)));
        }

        return letters;
    }

    /// <summary>Puts one letter back among the messages, its ladder from the bottom again, its claims kept: a network call is not a first one.</summary>
    /// <returns>False when there is no such letter.</returns>
    public async Task<bool> ReplayAsync(Guid messageId, CancellationToken ct) => await RaiseAsync(messageId, ct) > 0;

    /// <summary>Puts all letters back.</summary>
    /// <returns>How many.</returns>
    public Task<int> ReplayAllAsync(CancellationToken ct) => RaiseAsync(null, ct);

    private async Task<int> RaiseAsync(Guid? messageId, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Sql.Replay).With(messageId);
        return await command.ExecuteNonQueryAsync(ct);
    }
}
