using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Billing.Api.Hosting;
using Npgsql;
using Wolverine.Persistence.Durability;
using Wolverine.Persistence.Durability.DeadLetterManagement;

namespace Billing.Api.Operations;

/// <summary>A message that failed for good; never its body.</summary>
/// <param name="FailedAt">Real time.</param>
/// <param name="Message">The type of the message.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Reason">The type and the most telling line of the last error.</param>
/// <param name="IsReplaying">Marked for replay, and not yet taken up by a node.</param>
public sealed partial record DeadLetterView(
    Guid Id, DateTimeOffset FailedAt, string Message, string? Site, int Attempts, string Reason, bool IsReplaying)
{
    private const int MostCharacters = 200;

    /// <summary>The message as people call it: "apply notifications".</summary>
    [JsonIgnore]
    public string MessageInWords => WordBoundary().Replace(Message, " ").ToLowerInvariant();

    /// <summary>The most telling line of the last error, without its type.</summary>
    [JsonIgnore]
    public string Sentence { get; private init; } = "";

    public static DeadLetterView Of(DeadLetterEnvelope letter) => new(
        letter.Id, letter.FailedAt ?? letter.SentAt, PlainName(letter.MessageType)!,
        letter.Envelope.TenantId,
        letter.Envelope.Attempts, Cut($"{PlainName(letter.ExceptionType)}: {TellingLine(letter)}"), letter.Replayable)
    {
        Sentence = Cut(TellingLine(letter) ?? ""),
    };

    private static string? PlainName(string? type) => type?[(type.LastIndexOfAny(['.', '+']) + 1)..];

    private static string? TellingLine(DeadLetterEnvelope letter)
    {
        var lines = letter.ExceptionMessage?.Split('\n', StringSplitOptions.TrimEntries) ?? [];

        return lines.FirstOrDefault(DatabaseError().IsMatch) ?? lines.FirstOrDefault();
    }

    private static string Cut(string text) => text.Length <= MostCharacters ? text : text[..MostCharacters];

    // Marten puts the statement before it.
    [GeneratedRegex("^[0-9A-Z]{5}: ")]
    private static partial Regex DatabaseError();

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])")]
    private static partial Regex WordBoundary();
}

/// <param name="Truncated">True when there are more.</param>
/// <param name="Next">Send it as <c>after</c> to get the next page; null on the last.</param>
public sealed record DeadLetterPage(IReadOnlyList<DeadLetterView> DeadLetters, bool Truncated, string? Next);

/// <summary>Lists the messages that failed for good, and has them handled once more.</summary>
/// <remarks>Replaying is safe: every handler writes nothing twice.</remarks>
public sealed class DeadLetters(IMessageStore messages, NpgsqlDataSource dataSource, Database database)
{
    private const int PageSize = 200;

    /// <summary>Selects those that are not marked for replay, at most as many as are counted.</summary>
    internal static string Waiting(string schema) =>
        $"""
        select id, coalesce(failed_at, sent_at, 'epoch') as at from {schema}.wolverine_dead_letters
        where replayable is not true and archived_at is null
        order by at, id limit {Readiness.MostCounted}
        """;

    /// <summary>Those that are not marked for replay, oldest first.</summary>
    /// <param name="after">The last one of the page before: when it failed, and its id.</param>
    public async Task<IReadOnlyList<DeadLetterView>> WaitingAsync(
        (DateTimeOffset At, Guid Id)? after, int most, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select at, id from ({Waiting(database.Schema)}) waiting where (at, id) > ($1, $2)
            order by at, id limit $3
            """);
        var from = after ?? (DateTimeOffset.UnixEpoch.AddDays(-1), Guid.Empty);

        return await ReadAsync(await ReadIdsAsync(command.With(from.At.ToUniversalTime(), from.Id, most), ct), ct);
    }

    /// <summary>All of them, newest first.</summary>
    /// <param name="site">Null: of all sites.</param>
    public IAsyncEnumerable<DeadLetterView> ListAsync(string? site, CancellationToken ct) => ListAsync(site, null, ct);

    /// <summary>Newest first.</summary>
    /// <param name="site">Null: of all sites.</param>
    /// <param name="after">The last one of the page before: when it failed, and its id.</param>
    public async IAsyncEnumerable<DeadLetterView> ListAsync(
        string? site, (DateTimeOffset At, Guid Id)? after, [EnumeratorCancellation] CancellationToken ct)
    {
        while (await IdsAsync(after, ct) is { Count: > 0 } ids)
        {
            foreach (var letter in (await ReadAsync(ids, ct)).Where(letter => site is null || letter.Site == site))
            {
                yield return letter;
            }

            after = ids[^1];
        }
    }

    // One that was replayed between the two queries is no longer there.
    private async Task<IReadOnlyList<DeadLetterView>> ReadAsync(
        List<(DateTimeOffset At, Guid Id)> ids, CancellationToken ct)
    {
        if (ids.Count == 0)
        {
            return [];
        }

        var query = new DeadLetterEnvelopeQuery { MessageIds = [.. ids.Select(key => key.Id)], PageSize = ids.Count };
        var found = (await messages.DeadLetters.QueryAsync(query, ct)).Envelopes.ToDictionary(letter => letter.Id);

        return [.. ids.Select(key => found.GetValueOrDefault(key.Id)).OfType<DeadLetterEnvelope>()
            .Select(DeadLetterView.Of)];
    }

    // Wolverine's own pages are counted in rows, so that one which is added moves another into the next page.
    private async Task<List<(DateTimeOffset At, Guid Id)>> IdsAsync(
        (DateTimeOffset At, Guid Id)? after, CancellationToken ct)
    {
        const string At = "coalesce(failed_at, sent_at, 'epoch')";
        await using var command = dataSource.CreateCommand(
            $"""
            select {At}, id from {database.Schema}.wolverine_dead_letters
            where archived_at is null {(after is null ? "" : $"and ({At}, id) < ($1, $2)")}
            order by 1 desc, 2 desc limit {PageSize}
            """);

        if (after is var (at, id))
        {
            command.With(at.ToUniversalTime(), id);
        }

        return await ReadIdsAsync(command, ct);
    }

    private static async Task<List<(DateTimeOffset At, Guid Id)>> ReadIdsAsync(
        NpgsqlCommand command, CancellationToken ct)
    {
        var ids = new List<(DateTimeOffset, Guid)>();
        await using var row = await command.ExecuteReaderAsync(ct);

        while (await row.ReadAsync(ct))
        {
            ids.Add((row.GetFieldValue<DateTimeOffset>(0), row.GetGuid(1)));
        }

        return ids;
    }

    /// <summary>Marks it for replay; a running node takes it up within seconds.</summary>
    /// <param name="site">Null: of any site.</param>
    /// <returns>False when there is none with that id.</returns>
    public async Task<bool> ReplayAsync(string? site, Guid id)
    {
        if (await messages.DeadLetters.DeadLetterEnvelopeByIdAsync(id, null) is not { } letter
            || (site is not null && letter.Envelope.TenantId != site))
        {
            return false;
        }

        await messages.DeadLetters.MarkDeadLetterEnvelopesAsReplayableAsync([id]);

        return true;
    }

    /// <returns>How many were marked.</returns>
    public async Task<int> ReplayAllAsync(CancellationToken ct)
    {
        var ids = new List<Guid>();

        await foreach (var letter in ListAsync(null, ct))
        {
            ids.Add(letter.Id);
        }

        if (ids.Count > 0)
        {
            await messages.DeadLetters.MarkDeadLetterEnvelopesAsReplayableAsync([.. ids]);
        }

        return ids.Count;
    }
}
