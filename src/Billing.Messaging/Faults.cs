using System.Net.Sockets;
using Billing.EventStore;
using Npgsql;

namespace Billing.Messaging;

/// <summary>What an exception means for the work that met it.</summary>
internal static class Faults
{
    /// <summary>Somebody else was first: the same work may succeed from the top.</summary>
    public static bool IsConflict(Exception exception) => exception is StreamConflictException
        or PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    /// <summary>Repeats work that met a conflict: what the other wrote is part of the state now.</summary>
    public static async Task FromTheTopAsync(int maxConflicts, Func<Task> work)
    {
        for (var conflicts = 0; ; conflicts++)
        {
            try
            {
                await work();
                return;
            }
            catch (Exception exception) when (IsConflict(exception) && conflicts < maxConflicts)
            {
            }
        }
    }

    /// <summary>PostgreSQL cannot be reached or is going down: nothing is wrong with the work.</summary>
    public static bool IsDatabaseAway(Exception exception) => exception switch
    {
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
            or PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections } => true,
        PostgresException database => database.SqlState.StartsWith("08", StringComparison.Ordinal),
        NpgsqlException driver => driver.InnerException is IOException or SocketException or TimeoutException,
        _ => false,
    };

    /// <summary>Our own cancellation, as opposed to one that a handler met.</summary>
    public static bool IsStop(Exception exception, CancellationToken ct) => exception is OperationCanceledException && ct.IsCancellationRequested;

    /// <summary>Why, in words that cannot hold personal data: a message's text only where a rule speaks, PostgreSQL's code, else the type.</summary>
    public static string Reason(Exception exception, bool isFinal) => exception switch
    {
        _ when isFinal => $"{exception.GetType().Name}: {exception.Message}",
        PostgresException database => $"{nameof(PostgresException)} {database.SqlState} {database.ConstraintName}".TrimEnd(),
        { InnerException: PostgresException inner } => $"{exception.GetType().Name}: {Reason(inner, isFinal: false)}",
        _ => exception.GetType().Name,
    };
}
