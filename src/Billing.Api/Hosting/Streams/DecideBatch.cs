using Billing.Domain;
using Billing.Domain.Preapprovals;
using Marten;
using Wolverine;

namespace Billing.Api.Hosting.Streams;

/// <summary>A rule to apply to one preapproval under its lock.</summary>
/// <param name="Point">Names the step for crash tests, for example record_charge.</param>
/// <param name="Also">Writes further documents in the same transaction; called with what was decided.</param>
/// <param name="IfMatch">The versions on which the rule may decide; null: any.</param>
public sealed record StreamDecision(
    Guid PreapprovalId, EventSource Source, Func<Preapproval?, IReadOnlyList<PreapprovalEvent>> Rule,
    string Point = "decide", Action<IDocumentSession, Decided>? Also = null, IfMatch? IfMatch = null);

/// <summary>What a rule decided.</summary>
/// <param name="State">After the events; null when there is no such preapproval.</param>
/// <param name="Version">The stream's version after the events.</param>
/// <param name="Refusal">Why the rule refused; null where it did not.</param>
public sealed record Decided(
    Preapproval? State, IReadOnlyList<PreapprovalEvent> Events, long Version, RuleViolation? Refusal = null)
{
    /// <summary>The state with the decided events, their personal data still readable.</summary>
    /// <param name="opened">The state to fold on; null for a new preapproval.</param>
    /// <returns>Null where <paramref name="opened"/> is not the state that these events follow.</returns>
    public Preapproval? OpenedAfter(Preapproval? opened)
    {
        if (Version != (opened?.Version ?? 0) + Events.Count)
        {
            return null;
        }

        var state = Events.Aggregate(opened, Preapproval.Fold);

        return state is null ? null : state with { Version = (int)Version };
    }
}

/// <summary>Applies rules to many preapprovals of a site in one commit. In memory only; rules are not stored.</summary>
public sealed record DecideBatch(IReadOnlyList<StreamDecision> Decisions);

/// <param name="All">One for each decision, in order.</param>
public sealed record DecidedBatch(IReadOnlyList<Decided> All);

/// <summary>The durable messages that follow from events of a preapproval.</summary>
public delegate IEnumerable<object> FollowUps(string site, Guid preapprovalId, IReadOnlyList<PreapprovalEvent> events);

public static class DecideBatchHandler
{
    public static async Task<(DecidedBatch, OutgoingMessages)> Handle(
        DecideBatch command, IDocumentSession session, PreapprovalStreams streams, FollowUps followUps,
        Failpoints failpoints, CancellationToken ct)
    {
        var locked = await streams.LockAsync(session, command.Decisions.Select(decision => decision.PreapprovalId), ct);
        var (all, messages) = (new List<Decided>(), new OutgoingMessages());

        foreach (var decision in command.Decisions)
        {
            var decided = await DecideAsync(session, streams, locked[decision.PreapprovalId], decision, ct);
            decision.Also?.Invoke(session, decided);
            messages.AddRange(followUps(session.TenantId, decision.PreapprovalId, decided.Events));
            all.Add(decided);
        }

        await streams.AppendAsync(session, locked.Values, ct);
        failpoints.Reach($"{command.Decisions[0].Point}:committing");

        return (new DecidedBatch(all), messages);
    }

    private static async Task<Decided> DecideAsync(
        IDocumentSession session, PreapprovalStreams streams, LockedPreapproval stream, StreamDecision decision,
        CancellationToken ct)
    {
        try
        {
            var events = await streams.DecideAsync(
                session, stream, state => IfMatch.Apply(decision.IfMatch, stream.Version, () => decision.Rule(state)),
                decision.Source, ct);

            return new Decided(stream.State, events, stream.Version);
        }
        catch (RuleViolation refusal)
        {
            return new Decided(stream.State, [], stream.Version, refusal);
        }
    }
}
