using Billing.Domain.Preapprovals;

namespace Billing.Api.Hosting.Streams;

/// <summary>A preapproval whose stream is locked until the transaction ends, and the events decided for it.</summary>
/// <param name="stored">The version that the stream has in the database; 0: there is no such stream.</param>
public sealed class LockedPreapproval(Guid id, Preapproval? state, long stored)
{
    private readonly List<(Preapproval? Before, PreapprovalEvent Event, EventSource Source)> appended = [];

    public Guid Id { get; } = id;

    /// <summary>After the events that were appended so far; null when there is no such stream.</summary>
    public Preapproval? State { get; private set; } = state;

    /// <summary>The stream's version after the events that were appended so far.</summary>
    public long Version => stored + appended.Count;

    /// <summary>True where nothing was stored before: the first event that is appended begins the stream.</summary>
    internal bool IsNew => stored == 0;

    internal IReadOnlyList<(Preapproval? Before, PreapprovalEvent Event, EventSource Source)> Appended => appended;

    internal void Replace(Preapproval? full) => State = full;

    /// <summary>Adds events; they are stored when the session is saved.</summary>
    public void Append(IEnumerable<PreapprovalEvent> events, EventSource source)
    {
        foreach (var @event in events)
        {
            appended.Add((State, @event, source));
            State = State is { IsSnapshot: false }
                ? Preapproval.Fold(State, @event)
                : Preapproval.FoldSnapshot(State, @event);
        }
    }
}

/// <summary>Who or what caused events, as it is stored with each of them.</summary>
/// <param name="User">For example storefront-30201, sweep, gateway, resolver, or the name of an operator.</param>
/// <param name="Cause">The id of the request, message or notification that caused them.</param>
/// <param name="Correlation">The storefront's RequestId.</param>
public sealed record EventSource(string User, string? Cause = null, string? Correlation = null);
