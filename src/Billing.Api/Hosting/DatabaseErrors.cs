using System.Net.Sockets;
using JasperFx;
using Marten.Exceptions;
using Npgsql;

namespace Billing.Api.Hosting;

/// <summary>What an error of the database means for a caller.</summary>
public static class DatabaseErrors
{
    // Npgsql has no name for it.
    private const string IdleInTransactionTimeout = "25P03";

    /// <summary>True when a retry may succeed: a lost connection, a conflict, a deadlock or a lock time-out.</summary>
    public static bool IsTransient(Exception error) => error switch
    {
        PostgresException e => e.IsTransient || e.SqlState is PostgresErrorCodes.DeadlockDetected
            or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.LockNotAvailable
            or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CannotConnectNow
            or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.QueryCanceled or IdleInTransactionTimeout,
        NpgsqlException or ConcurrencyException or TimeoutException => true,

        // HttpClient wraps those of other hosts: one that comes as it is, or from Npgsql, is the database's.
        SocketException => true,
        HttpRequestException { InnerException: SocketException } => false,
        _ => error.InnerException is { } inner && IsTransient(inner),
    };

    /// <summary>True when another writer was first.</summary>
    public static bool IsConflict(Exception error) =>
        error is ConcurrencyException || (error.InnerException is { } inner && IsConflict(inner));

    /// <summary>The name of the violated unique constraint; null for every other error.</summary>
    public static string? ViolatedConstraint(Exception error) => error switch
    {
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } e => e.ConstraintName,
        DocumentAlreadyExistsException e => $"document:{e.DocType.Name}",
        ExistingStreamIdCollisionException => "stream",
        _ => error.InnerException is { } inner ? ViolatedConstraint(inner) : null,
    };
}
