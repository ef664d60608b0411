using JasperFx.Core;
using Marten;
using Weasel.Core;
using Weasel.Core.Migrations;
using Weasel.Postgresql;
using Weasel.Postgresql.Tables;

namespace Billing.Api.Hosting.RateLimiting;

/// <summary>One row per site with a rate limit: until when permits are taken.</summary>
public sealed class RateLimitTable(StoreOptions options) : FeatureSchemaBase("rate_limits", options.Advanced.Migrator)
{
    public const string Name = "rate_limits";

    protected override IEnumerable<ISchemaObject> schemaObjects()
    {
        var table = new Table(
            new PostgresqlObjectName(options.DatabaseSchemaName, Name, SchemaUtils.IdentifierUsage.General));
        table.AddColumn<string>("tenant_id").AsPrimaryKey();
        table.AddColumn<DateTimeOffset>("taken_until").NotNull();

        yield return table;
    }
}
