using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Npgsql;

namespace Billing.Api.Hosting;

/// <summary>Section <c>ConnectionStrings</c>.</summary>
public sealed class ConnectionOptions
{
    [Description(
        "The database, in UTF-8. `Search Path` names the schema (`billing` unless given). `Options`, where given, "
        + "replace those of the service: repeat `-c idle_in_transaction_session_timeout=60000 -c lock_timeout=5000 "
        + "-c jit=off` in them. Without the first one, a suspended node keeps preapprovals locked.")]
    [DefaultValue("a private cluster under `.billing/`"), DataType("Npgsql connection string"), ConnectionText]
    [Required(ErrorMessage =
        "is missing: the PostgreSQL database of this installation. ./billing serve starts one of its own.")]
    public string? Billing { get; set; }

    /// <summary>A connection string.</summary>
    private sealed class ConnectionTextAttribute()
        : ValidationAttribute("is no connection string like Host=…;Database=…;Username=…")
    {
        public override bool IsValid(object? value)
        {
            try
            {
                _ = Database.Of($"{value}");

                return true;
            }
            catch (ArgumentException)
            {
                return false;
            }
        }
    }
}

/// <summary>Section <c>Database</c>.</summary>
public sealed class DatabaseOptions
{
    [Description(
        "How long `serve` waits at its start for a database that does not answer; then it ends with exit code 3.")]
    [Range(0, 3_600)]
    public double WaitSeconds { get; set; } = 60;

    /// <summary>Real time.</summary>
    public TimeSpan Wait => TimeSpan.FromSeconds(WaitSeconds);
}

/// <summary>The PostgreSQL database and schema of this installation.</summary>
/// <param name="Schema">Has Marten's and Wolverine's tables; the connection string's search path names it.</param>
public sealed record Database(string ConnectionString, string Schema)
{
    private const string DefaultSchema = "billing";

    // jit: compiling a plan costs more than running it here. lock_timeout: a batch that waits longer is tried again.
    // lz4: a snapshot is compressed by each commit of its stream (docs/decisions/0053).
    private const string SessionSettings = "-c idle_in_transaction_session_timeout=60000 -c "
        + "lock_timeout=5000 -c jit=off -c default_toast_compression=lz4";

    /// <exception cref="ArgumentException">It cannot be read.</exception>
    public static Database Of(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "billing" };
        var schema = builder.SearchPath ?? DefaultSchema;
        builder.SearchPath = null;

        // Options of the user's own, as for a pooler, decide about preparing too.
        if (builder.Options is null)
        {
            builder.Options = SessionSettings;
            builder.MaxAutoPrepare = 200;
            builder.AutoPrepareMinUsages = 2;
        }

        return new Database(builder.ConnectionString, schema);
    }
}
