using Marten;
using Weasel.Core;
using Weasel.Core.Migrations;
using Weasel.Postgresql;
using Weasel.Postgresql.Tables;

namespace Billing.Api.Reports;

/// <summary>What the reports are read from. Written by <see cref="ReportWriter"/> alone.</summary>
public sealed class ReportTables(StoreOptions options) : FeatureSchemaBase("reports", options.Advanced.Migrator)
{
    /// <summary>Sums of payments by site, day in UTC and currency.</summary>
    public const string Days = "report_payment_days";

    /// <summary>Periods and charges on demand that are folded event by event, with what they owe.</summary>
    public const string Units = "report_charge_units";

    /// <summary>From when on a subscription is worth how much a month.</summary>
    public const string Steps = "report_revenue_steps";

    /// <summary>One row: the last sequence number that the other tables have.</summary>
    public const string Progress = "report_progress";

    /// <summary>The sums of <see cref="Days"/>, in the order of <see cref="Domain.Reports.PaymentTotals"/>.</summary>
    public static readonly IReadOnlyList<string> Sums =
    [
        "charged_count", "charged_minor", "failed_count", "refunded_count", "refunded_minor", "disputes_opened",
        "disputes_won", "disputes_lost", "lost_minor", "charged_back_count", "charged_back_minor", "reversed_count",
        "reversed_minor",
    ];

    protected override IEnumerable<ISchemaObject> schemaObjects() =>
        [DaysTable(), UnitsTable(), StepsTable(), ProgressTable()];

    private Table DaysTable()
    {
        var table = Named(Days);
        table.AddColumn<string>("tenant_id").AsPrimaryKey();
        table.AddColumn("day", "date").AsPrimaryKey();
        table.AddColumn<string>("currency").AsPrimaryKey();

        foreach (var sum in Sums)
        {
            table.AddColumn<long>(sum).NotNull().DefaultValueByExpression("0");
        }

        return table;
    }

    private Table UnitsTable()
    {
        var table = Named(Units);
        table.AddColumn<string>("tenant_id").AsPrimaryKey();
        table.AddColumn<Guid>("stream_id").AsPrimaryKey();
        table.AddColumn<string>("unit").AsPrimaryKey();
        table.AddColumn("due_on", "date");
        table.AddColumn<string>("currency");
        table.AddColumn<long>("unpaid_minor");
        table.Indexes.Add(new IndexDefinition("report_charge_units_unpaid")
        {
            Columns = ["tenant_id", "due_on"], Predicate = "unpaid_minor is not null",
        });

        return table;
    }

    private Table StepsTable()
    {
        var table = Named(Steps);
        table.AddColumn<string>("tenant_id").AsPrimaryKey();
        table.AddColumn<Guid>("stream_id").AsPrimaryKey();
        table.AddColumn<int>("number").AsPrimaryKey();
        table.AddColumn<DateTimeOffset>("at").NotNull();
        table.AddColumn<string>("currency").NotNull();
        table.AddColumn<long>("monthly_minor").NotNull();
        table.AddColumn<bool>("is_pause").NotNull();
        table.AddColumn<bool>("is_imported").NotNull().DefaultValueByExpression("false");

        return table;
    }

    private Table ProgressTable()
    {
        var table = Named(Progress);
        table.AddColumn<int>("id").AsPrimaryKey();
        table.AddColumn<long>("last_seq_id").NotNull();
        table.AddColumn<long>("rebuilt_up_to").NotNull();

        return table;
    }

    private Table Named(string name) =>
        new(new PostgresqlObjectName(options.DatabaseSchemaName, name, SchemaUtils.IdentifierUsage.General));
}
