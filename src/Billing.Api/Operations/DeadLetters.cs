using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
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

    public static DeadLetterView Of(DeadLetterEnvelope letter) => new(
        letter.Id, letter.FailedAt ?? letter.SentAt, letter.MessageType[(letter.MessageType.LastIndexOf('.') + 1)..],
        letter.Envelope.TenantId,
        letter.Envelope.Attempts, ReasonOf(letter), letter.Replayable);

    private static string ReasonOf(DeadLetterEnvelope letter)
    {
        var type = letter.ExceptionType?[(letter.ExceptionType.LastIndexOf('.') + 1)..];
        var lines = letter.ExceptionMessage?.Split('\n', StringSplitOptions.TrimEntries) ?? [];
        var reason = $"{type}: {lines.FirstOrDefault(DatabaseError().IsMatch) ?? lines.FirstOrDefault()}";

        return reason.Length <= MostCharacters ? reason : reason[..MostCharacters];
    }

    // Marten puts the statement before it.
    [GeneratedRegex("^[0-9A-Z]{5}: ")]
    private static partial Regex DatabaseError();
}

/// <param name="Truncated">True when there are more.</param>
public sealed record DeadLetterPage(IReadOnlyList<DeadLetterView> DeadLetters, bool Truncated);

/// <summary>Lists the messages that failed for good, and has them handled once more.</summary>
/// <remarks>Replaying is safe: every handler writes nothing twice.</remarks>
public sealed class DeadLetters(IMessageStore messages)
{
    private const int PageSize = 200;

    /// <summary>In pages of Wolverine's order.</summary>
    /// <param name="site">Null: of all sites.</param>
    public async IAsyncEnumerable<DeadLetterView> ListAsync(
        string? site, [EnumeratorCancellation] CancellationToken ct)
    {
        // Pages are counted from 1.
        for (var page = 1; ; page++)
        {
            var query = new DeadLetterEnvelopeQuery { PageNumber = page, PageSize = PageSize };
            var found = (await messages.DeadLetters.QueryAsync(query, ct)).Envelopes;

            foreach (var letter in found.Where(letter => site is null || letter.Envelope.TenantId == site))
            {
                yield return DeadLetterView.Of(letter);
            }

            if (found.Count < PageSize)
            {
                yield break;
            }
        }
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
