using Marten;
using Weasel.Core;
using Weasel.Core.Migrations;
using Weasel.Postgresql;
using Weasel.Postgresql.Tables;

namespace Billing.Api.Operations.TransparencyLog;

/// <summary>The tables of the transparency log. Rows are added and never changed.</summary>
public sealed class LogTables(StoreOptions options) : FeatureSchemaBase("transparency_log", options.Advanced.Migrator)
{
    public const string Entries = "log_entries";
    public const string Checkpoints = "log_checkpoints";

    protected override IEnumerable<ISchemaObject> schemaObjects() => [EntriesTable(), CheckpointsTable()];

    private Table EntriesTable()
    {
        var table = Named(Entries);
        table.AddColumn<long>("position").AsPrimaryKey();
        table.AddColumn<long>("seq_id").NotNull();
        table.AddColumn("leaf_hash", "bytea").NotNull();
        table.AddColumn<DateTimeOffset>("logged_at").NotNull();
        table.AddColumn<bool>("late").NotNull();
        table.Indexes.Add(new IndexDefinition("log_entries_seq_id") { Columns = ["seq_id"], IsUnique = true });
        table.Indexes.Add(new IndexDefinition("log_entries_late") { Columns = ["position"], Predicate = "late" });

        return table;
    }

    private Table CheckpointsTable()
    {
        var table = Named(Checkpoints);
        table.AddColumn<long>("size").AsPrimaryKey();
        table.AddColumn("root_hash", "bytea").NotNull();
        table.AddColumn("frontier", "bytea").NotNull();
        table.AddColumn<DateTimeOffset>("created_at").NotNull();

        return table;
    }

    private Table Named(string name) =>
        new(new PostgresqlObjectName(options.DatabaseSchemaName, name, SchemaUtils.IdentifierUsage.General));
}
