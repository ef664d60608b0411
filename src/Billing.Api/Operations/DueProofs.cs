using System.Collections.Concurrent;
using Billing.Api.Explanations;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Domain.Explanations;
using Billing.Domain.Preapprovals;
using Npgsql;

namespace Billing.Api.Operations;

/// <summary>Proves from the events that each due instant has one outcome, and that open calls get settled.</summary>
/// <remarks>A few subscriptions at a time, again and again, so that the cost does not grow with their number.</remarks>
public sealed partial class DueProofs(
    NpgsqlDataSource dataSource, Database database, EventHistory history, BusinessClock clock, ILogger<DueProofs> log)
{
    private const int AtOnce = 25;

    private readonly ConcurrentDictionary<(string Site, Guid Id), (int Dates, int Calls)> findings = new();
    private (string Site, Guid Id) last = ("", Guid.Empty);

    /// <summary>Due dates with no outcome or with two, as far as they were counted.</summary>
    public long Contradictions => findings.Values.Sum(found => found.Dates);

    /// <summary>Calls of unknown outcome without look-up and without owner, as far as they were counted.</summary>
    public long Orphaned => findings.Values.Sum(found => found.Calls);

    /// <returns>How many subscriptions were checked; fewer than a page at the end of a round.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        var page = await NextAsync(ct);

        foreach (var (site, id) in page)
        {
            await ProveAsync(site, id, ct);
        }

        last = page.Count < AtOnce ? ("", Guid.Empty) : page[^1];

        return page.Count;
    }

    private async Task ProveAsync(string site, Guid id, CancellationToken ct)
    {
        var known = findings.GetValueOrDefault((site, id));

        try
        {
            var events = await history.OfAsync(site, id, ct);
            var dates = DueProof.Of(events, clock.GetUtcNow());
            var calls = TimelineEvent.Fold(events)!.OpenCalls.Count(open => IsOrphaned(open.Call));

            if (dates.Count > 0 && known.Dates != dates.Count)
            {
                var shown = dates.Select(finding => $"{finding.DueOn:yyyy-MM-dd}: {finding.Outcomes}");
                Found(log, id, site, string.Join(", ", shown));
            }

            Keep(site, id, dates.Count, calls);
        }
#pragma warning disable CA1031 // Whatever a damaged event throws.
        catch (Exception error) when (error is not (NpgsqlException or OperationCanceledException))
#pragma warning restore CA1031
        {
            // A stream that cannot be read or folded is a finding, and the others are still checked.
            if (known.Dates == 0)
            {
                Unreadable(log, id, site, error.GetType().Name);
                Keep(site, id, 1, 0);
            }
        }
    }

    private void Keep(string site, Guid id, int dates, int calls)
    {
        if (dates + calls == 0)
        {
            findings.TryRemove((site, id), out _);
        }
        else
        {
            findings[(site, id)] = (dates, calls);
        }
    }

    private static bool IsOrphaned(OutboundCall call) =>
        call is { State: OutboundState.Unknown or OutboundState.NotSent, NextLookUpAt: null, Owner: null };

    private async Task<List<(string Site, Guid Id)>> NextAsync(CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select tenant_id, id from {database.Schema}.mt_doc_subscription
            where (tenant_id, id) > ($1, $2) order by tenant_id, id limit $3
            """);
        command.With(last.Site, last.Id, AtOnce);
        var page = new List<(string, Guid)>();
        await using var row = await command.ExecuteReaderAsync(ct);

        while (await row.ReadAsync(ct))
        {
            page.Add((row.GetString(0), row.GetGuid(1)));
        }

        return page;
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Events of subscription {Subscription} of site {Site} cannot be read ({Fault}); run audit verify")]
    private static partial void Unreadable(ILogger log, Guid subscription, string site, string fault);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Subscription {Subscription} of site {Site} has due dates without exactly one outcome: {Findings}")]
    private static partial void Found(ILogger log, Guid subscription, string site, string findings);
}
