using Marten;
using Weasel.Core;
using Weasel.Core.Migrations;
using Weasel.Postgresql;
using Weasel.Postgresql.Tables;

namespace Billing.Api.Imports;

/// <summary>The imports and their rows. Nothing personal is in them.</summary>
public sealed class ImportTables(StoreOptions options) : FeatureSchemaBase("imports", options.Advanced.Migrator)
{
    public const string Imports = "imports";
    public const string Rows = "import_rows";

    protected override IEnumerable<ISchemaObject> schemaObjects() => [ImportsTable(), RowsTable()];

    private Table ImportsTable()
    {
        var table = Named(Imports);
        table.AddColumn<Guid>("id").AsPrimaryKey();
        table.AddColumn<string>("tenant_id").NotNull();
        table.AddColumn<string>("state").NotNull();
        table.AddColumn<string>("created_by").NotNull();
        table.AddColumn<DateTimeOffset>("created_at").NotNull();
        table.AddColumn<DateTimeOffset>("finished_at");
        table.Indexes.Add(new IndexDefinition("imports_state") { Columns = ["tenant_id", "state"] });

        return table;
    }

    private Table RowsTable()
    {
        var table = Named(Rows);
        table.AddColumn<Guid>("import_id").AsPrimaryKey();
        table.AddColumn<int>("number").AsPrimaryKey();
        table.AddColumn<string>("state").NotNull();
        table.AddColumn<int>("gateway_id");
        table.AddColumn<string>("data");
        table.AddColumn<string>("currency");
        table.AddColumn<long>("amount_minor");
        table.AddColumn<long>("past_amount_minor");
        table.AddColumn<string>("code");
        table.AddColumn<string>("sentence");
        table.AddColumn<Guid>("preapproval_id");
        table.Indexes.Add(new IndexDefinition("import_rows_state") { Columns = ["import_id", "state", "number"] });

        return table;
    }

    private Table Named(string name) =>
        new(new PostgresqlObjectName(options.DatabaseSchemaName, name, SchemaUtils.IdentifierUsage.General));
}

/// <summary>How far an import is, as it is stored and shown.</summary>
public static class ImportStates
{
    /// <summary>Its rows are being stored; it is not shown yet.</summary>
    public const string Receiving = "receiving";

    /// <summary>A dry run: each row is compared with the gateway.</summary>
    public const string Checking = "checking";

    /// <summary>The dry run has ended, and nothing was imported.</summary>
    public const string Checked = "checked";
    public const string Running = "running";
    public const string Done = "done";
    public const string Cancelled = "cancelled";
}

/// <summary>What became of a row, as it is stored and shown.</summary>
public static class RowStates
{
    public const string Waiting = "waiting";

    /// <summary>A dry run has found nothing against it.</summary>
    public const string Ready = "ready";
    public const string Imported = "imported";
    public const string Refused = "refused";
    public const string Cancelled = "cancelled";

    public static readonly IReadOnlyList<string> All = [Waiting, Ready, Imported, Refused, Cancelled];
}
