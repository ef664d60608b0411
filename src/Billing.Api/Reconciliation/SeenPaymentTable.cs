using Marten;
using Weasel.Core;
using Weasel.Core.Migrations;
using Weasel.Postgresql;
using Weasel.Postgresql.Tables;

namespace Billing.Api.Reconciliation;

/// <summary>The charges that the pages of the current run have shown; emptied when a run begins.</summary>
public sealed class SeenPaymentTable(StoreOptions options) : FeatureSchemaBase(Name, options.Advanced.Migrator)
{
    public const string Name = "reconciliation_seen";

    protected override IEnumerable<ISchemaObject> schemaObjects()
    {
        var table = new Table(
            new PostgresqlObjectName(options.DatabaseSchemaName, Name, SchemaUtils.IdentifierUsage.General));
        table.AddColumn<string>("tenant_id").AsPrimaryKey();
        table.AddColumn<string>("merchant_transaction_id").AsPrimaryKey();

        yield return table;
    }
}
