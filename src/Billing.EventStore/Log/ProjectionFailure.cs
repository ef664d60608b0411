using System.Net.Sockets;
using Npgsql;

namespace Billing.EventStore;

/// <summary>Why a projection did not get on, in words that cannot hold personal data.</summary>
/// <param name="Count">Failures in a row.</param>
/// <param name="Reason">The kind of exception; PostgreSQL's code and constraint.</param>
/// <param name="Stack">Where in the code; names of methods only.</param>
/// <param name="Event">The first event of the window that failed; from the second try on the only one.</param>
internal sealed record ProjectionFailure(int Count, string Reason, string? Stack, string? Event)
{
    internal static ProjectionFailure Of(Exception error, int count, LogWindow? window) =>
        new(count, ReasonOf(error), error.StackTrace, window?.Events[0].ToString());

    /// <summary>PostgreSQL cannot be reached, is going down, or asks for another try: nothing is wrong with the projection.</summary>
    internal static bool IsPassing(Exception error) => error switch
    {
        PostgresException database => database.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
            or PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure
            || database.SqlState.StartsWith("08", StringComparison.Ordinal),
        NpgsqlException driver => driver.InnerException is IOException or SocketException,
        _ => false,
    };

    internal static string ReasonOf(Exception error) => error switch
    {
        ForeignLogException => error.Message,
        PostgresException database => $"{nameof(PostgresException)} {database.SqlState} {database.ConstraintName}".TrimEnd(),
        { InnerException: { } inner } => $"{error.GetType().Name}: {ReasonOf(inner)}",
        _ => error.GetType().Name,
    };
}
