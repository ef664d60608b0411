using Npgsql;

namespace Billing.Api.Hosting;

/// <summary>The PostgreSQL database and schema of this installation.</summary>
/// <param name="Schema">Has Marten's and Wolverine's tables; the connection string's search path names it.</param>
public sealed record Database(string ConnectionString, string Schema)
{
    private const string DefaultSchema = "billing";

    // jit: compiling a plan costs more than running it here. lock_timeout: a batch that waits longer is tried again.
    // lz4: a snapshot is compressed by each commit of its stream (docs/decisions/0053).
    private const string SessionSettings = "-c idle_in_transaction_session_timeout=60000 -c "
        + "lock_timeout=5000 -c jit=off -c default_toast_compression=lz4";

    /// <exception cref="SettingException">ConnectionStrings__Billing is missing or cannot be read.</exception>
    public static Database Read(IConfiguration configuration)
    {
        var text = configuration.GetConnectionString("Billing");

        if (string.IsNullOrWhiteSpace(text))
        {
            throw new SettingException(
                "ConnectionStrings__Billing",
                "is missing: the PostgreSQL database of this installation. ./billing serve starts one of its own.");
        }

        try
        {
            var builder = new NpgsqlConnectionStringBuilder(text) { ApplicationName = "billing" };
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
        catch (ArgumentException)
        {
            throw new SettingException(
                "ConnectionStrings__Billing", "is no connection string like Host=…;Database=…;Username=…");
        }
    }
}
