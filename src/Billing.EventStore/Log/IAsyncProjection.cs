using Npgsql;

namespace Billing.EventStore;

/// <summary>Writes tables from the log, some time after the events: for what nobody decides on.</summary>
/// <remarks>Its rows and its checkpoint commit together: every event counts exactly once. It sees no clock, no network, no personal data.</remarks>
public interface IAsyncProjection
{
    /// <summary>The checkpoint's name in mt_event_progression; never changes.</summary>
    string Name { get; }

    /// <summary>What it writes, and a rebuild empties. None: what it wrote is final, and it cannot be rebuilt.</summary>
    IReadOnlyList<string> Tables { get; }

    /// <summary>Writes what these events say, through the transaction's connection, and neither commits nor rolls back.</summary>
    /// <param name="events">Each stream's in the order of its versions.</param>
    /// <param name="connection">Inside the transaction that moves the checkpoint. Idle longer than the lease, it is closed by the server.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="Exception">Any: nothing is written, the events are tried again one by one with growing waits, then the projection is stopped.</exception>
    Task ApplyAsync(IReadOnlyList<LoggedEvent> events, NpgsqlConnection connection, CancellationToken ct);
}
