using Npgsql;

namespace Billing.EventStore;

/// <summary>Writes what may exist once only, in the transaction that appends: a second writer fails on the constraint, whatever its node believed.</summary>
/// <remarks>Never rebuilt and not compared with replay: reservations outlive the events that no longer need them.</remarks>
public interface IGuard
{
    /// <summary>Adds the statements for all events of one commit, streams in key order, each stream's events in order.</summary>
    void Project(IReadOnlyList<Recorded> events, NpgsqlBatch batch);
}
