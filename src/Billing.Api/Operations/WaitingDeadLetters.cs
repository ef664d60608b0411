using Billing.Api.Attention;
using Billing.Api.Hosting;
using Npgsql;

namespace Billing.Api.Operations;

/// <summary>Messages that failed for good. Those that belong to no site are shown to operators alone.</summary>
/// <remarks>Their site is in the message itself: the oldest are read, at most as many as are counted.</remarks>
public sealed class WaitingDeadLetters(DeadLetters letters, NpgsqlDataSource dataSource, Database database)
    : AttentionKind
{
    public const string Kind = "dead_letter";
    private const int AtOnce = 200;

    public override string Name => Kind;

    public override async Task<IReadOnlyList<AttentionItem>> ListAsync(AttentionQuery query, CancellationToken ct)
    {
        var (items, after) = (new List<AttentionItem>(), ((DateTimeOffset, Guid)?)null);

        while (items.Count < query.Most && await letters.WaitingAsync(after, AtOnce, ct) is { Count: > 0 } page)
        {
            items.AddRange(page
                .Where(letter => query.IsOfAll || (letter.Site is { } site && query.Sites.Contains(site)))
                .Select(Item)
                .Where(item => query.After?.IsBefore(item) ?? true));
            after = (page[^1].FailedAt, page[^1].Id);
        }

        return [.. items.Take(query.Most)];
    }

    public override async Task<long> CountAsync(CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"select count(*) from ({DeadLetters.Waiting(database.Schema)}) counted");

        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    private static AttentionItem Item(DeadLetterView letter) => new(
        Kind, letter.Site, letter.FailedAt, AttentionItem.Real,
        $"The message to {letter.MessageInWords} has failed for good ({letter.Reason}). Remove the cause, then replay "
        + "it.",
        letter.Site is null
            ? [$"./billing dead-letters replay {letter.Id}"]
            : [$"./billing dead-letters replay {letter.Id}", $"POST /v1/dead-letters/{letter.Id}/replay"])
    {
        Key = $"{letter.Id}", MessageId = letter.Id,
    };
}
