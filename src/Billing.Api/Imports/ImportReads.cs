using Billing.Api.Hosting.Streams;
using Billing.Domain;
using Billing.Domain.Gateway;
using Marten;

namespace Billing.Api.Imports;

/// <summary>What is known of a row before its page is recorded.</summary>
/// <param name="Mandate">The gateway has it.</param>
/// <param name="Refusal">It is refused without a further look.</param>
public sealed record ReadRow(WaitingRow Row, MandateSnapshot? Mandate, RuleViolation? Refusal);

/// <summary>
/// Reads the preapprovals of a page from the gateway, some at a time. The site's rate limit and circuit breaker hold.
/// </summary>
public sealed class ImportReads(IDocumentStore store, IPaymentGateway gateway)
{
    public static readonly RuleViolation AlreadyKnown = new(
        "already_known",
        "This preapproval is known here already: it was created, recovered or imported before.");

    private const int CallsAtOnce = 16;

    // After so many without an answer the gateway is away; the others are not asked now.
    private const int MostUnanswered = 5;

    // Waits for a permit of the rate limit are no failures; each is a second at most.
    private const int MostWaits = 30;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    /// <returns>A row that the gateway gave no answer about is left out; it is asked about again later.</returns>
    public async Task<IReadOnlyList<ReadRow>> ReadAsync(ImportPage page, CancellationToken ct)
    {
        var known = await KnownAsync(page, ct);
        var read = new ReadRow?[page.Rows.Count];
        var unanswered = 0;

        await Parallel.ForEachAsync(
            page.Rows.Index(), new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce, CancellationToken = ct },
            async (it, _) =>
            {
                var (index, row) = it;

                if (known.Contains($"{row.GatewayId}"))
                {
                    read[index] = new(row, null, AlreadyKnown);
                }
                else if (Volatile.Read(ref unanswered) < MostUnanswered)
                {
                    read[index] = await AskAsync(page.Site, row, ct);
                    unanswered = read[index] is null ? Interlocked.Increment(ref unanswered) : unanswered;
                }
            });

        return [.. read.OfType<ReadRow>()];
    }

    private async Task<ReadRow?> AskAsync(string site, WaitingRow row, CancellationToken ct)
    {
        for (var waits = 0; ; waits++)
        {
            switch (await gateway.ReadMandateAsync(site, row.GatewayId, ct))
            {
                case MandateResult.Confirmed { Value: var mandate }:
                    return new(row, mandate, null);
                case MandateResult.NotFound:
                    return new(
                        row, null,
                        new RuleViolation("not_found", "The gateway has no preapproval of this id at this site."));
                case MandateResult.NotSent { Symptom: "no_permit", Wait: var wait } when waits < MostWaits:
                    await Task.Delay(wait < LongestWait ? wait : LongestWait, ct);
                    continue;
                default:
                    return null;
            }
        }
    }

    // A file that is sent again asks the gateway about nothing that it has imported.
    private async Task<HashSet<string>> KnownAsync(ImportPage page, CancellationToken ct)
    {
        await using var session = store.QuerySession(page.Site);
        var guards = await session.LoadManyAsync<GatewayPreapprovalIdGuard>(
            ct, page.Rows.Select(row => $"{row.GatewayId}").ToArray());

        return [.. guards.Select(guard => guard.Id)];
    }
}
