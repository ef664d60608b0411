using System.Collections.Concurrent;
using Billing.Api.Audit;
using Billing.Domain.Explanations;
using Billing.Domain.Preapprovals;
using Billing.EventStore;
using Npgsql;

namespace Billing.Api.Health;

/// <summary>Proves from the events that each due instant has exactly one outcome: a few subscriptions at a time, round and round, at a pace that does not grow with the books.</summary>
public sealed partial class DueProofs(NpgsqlDataSource books, EventStore.EventStore store, TimeProvider clock, ILogger<DueProofs> log)
{
    private const int AtOnce = 25;

    private const string Next =
        """
        select tenant_id, preapproval_id
        from subscriptions
        where (tenant_id, preapproval_id) > ($1, $2)
        order by tenant_id, preapproval_id
        limit $3
        """;

    private readonly ConcurrentDictionary<StreamKey, int> contradictions = new();
    private StreamKey last = new("", Guid.Empty);

    /// <summary>How many due dates were found with no outcome or with two, as far as the last round tells.</summary>
    public long Contradictions => contradictions.Values.Sum();

    /// <returns>How many subscriptions were proven; 0 at the end of a round.</returns>
    public async Task<int> RunOnceAsync(CancellationToken ct)
    {
        var keys = await NextAsync(ct);

        foreach (var key in keys)
        {
            await ProveAsync(key, ct);
        }

        last = keys.Count < AtOnce ? new("", Guid.Empty) : keys[^1];

        return keys.Count;
    }

    private async Task ProveAsync(StreamKey key, CancellationToken ct)
    {
        IReadOnlyList<DueFinding> findings;

        try
        {
            var stream = await store.ReadStreamAsync(key, ct: ct);
            findings = DueProof.Of([.. stream.Select(Of)], clock.GetUtcNow());
        }
        catch (Exception error) when (error is InvalidDataException or InvalidOperationException)
        {
            // History that does not read or fold is a finding of its own, and no reason to look at nothing else.
            if (contradictions.TryAdd(key, 1))
            {
                Unreadable(log, key.Id, key.Tenant, error.GetType().Name);
            }

            return;
        }

        if (findings.Count == 0)
        {
            contradictions.TryRemove(key, out _);
        }
        else if (contradictions.GetValueOrDefault(key) != findings.Count)
        {
            contradictions[key] = findings.Count;
            Found(log, key.Id, key.Tenant, string.Join(", ", findings.Select(finding => $"{finding.DueOn:yyyy-MM-dd}: {finding.Outcomes}")));
        }
    }

    private async Task<List<StreamKey>> NextAsync(CancellationToken ct)
    {
        await using var command = books.CreateCommand(Next);

        foreach (var value in new object[] { last.Tenant, last.Id, AtOnce })
        {
            command.Parameters.Add(new() { Value = value });
        }

        var keys = new List<StreamKey>();
        await using var row = await command.ExecuteReaderAsync(ct);

        while (await row.ReadAsync(ct))
        {
            keys.Add(new StreamKey(row.GetString(0), row.GetGuid(1)));
        }

        return keys;
    }

    private static Happened Of(Recorded recorded) => new(
        recorded.Version, recorded.Type, BusinessTime.Of((PreapprovalEvent)recorded.Data), recorded.Timestamp, recorded.UserName, (PreapprovalEvent)recorded.Data);

    [LoggerMessage(Level = LogLevel.Error, Message = "The events of subscription {Subscription} of site {Site} do not read ({Fault}): run billing audit verify")]
    private static partial void Unreadable(ILogger log, Guid subscription, string site, string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "Subscription {Subscription} of site {Site} has due dates without exactly one outcome (date: outcomes): {Findings}")]
    private static partial void Found(ILogger log, Guid subscription, string site, string findings);
}
