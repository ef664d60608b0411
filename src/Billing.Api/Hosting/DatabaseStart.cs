using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Npgsql;

namespace Billing.Api.Hosting;

/// <summary>Waits for a database that is still starting, so that both may be started in any order.</summary>
internal static class DatabaseStart
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <param name="most">How long it waits, real time; zero: it asks once.</param>
    /// <param name="console">Where it says what it waits for.</param>
    /// <exception cref="DatabaseUnavailableException">The database has not answered within that time.</exception>
    /// <exception cref="NpgsqlException">It has answered, and refuses: waiting would not change that.</exception>
    public static async Task WaitAsync(
        NpgsqlDataSource dataSource, Database database, TimeSpan most, TextWriter console, CancellationToken ct)
    {
        var (waited, name, isSaid) = (Stopwatch.StartNew(), NameOf(database), false);
        var seconds = most.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);

        while (await FailureAsync(dataSource, ct) is { } failure)
        {
            if (!isSaid && most > TimeSpan.Zero)
            {
                await console.WriteLineAsync(
                    $"Waiting up to {seconds} seconds for the database {name}, which does not answer yet ({failure}).");
            }

            if (waited.Elapsed + Pause > most)
            {
                throw new DatabaseUnavailableException(
                    $"The database {name} has not answered within {seconds} seconds ({failure}). "
                    + "Start it, or correct ConnectionStrings__Billing; "
                        + "Database__WaitSeconds is how long serve waits.");
            }

            isSaid = true;
            await Task.Delay(Pause, ct);
        }
    }

    // Null when it answers. Messages of Npgsql name no password.
    private static async Task<string?> FailureAsync(NpgsqlDataSource dataSource, CancellationToken ct)
    {
        try
        {
            await using var command = dataSource.CreateCommand("select 1");
            await command.ExecuteScalarAsync(ct);

            return null;
        }
        catch (Exception e) when (IsTemporary(e))
        {
            return e.Message;
        }
    }

    private static bool IsTemporary(Exception error) => error switch
    {
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown } => true,
        NpgsqlException e => e.IsTransient,

        // The name of its host may be known only once it runs.
        SocketException or TimeoutException => true,
        _ => false,
    };

    private static string NameOf(Database database)
    {
        var builder = new NpgsqlConnectionStringBuilder(database.ConnectionString);

        return $"{builder.Database ?? builder.Username} at {builder.Host}:{builder.Port}";
    }
}
