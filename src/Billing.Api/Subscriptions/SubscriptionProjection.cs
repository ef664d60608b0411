using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using Billing.EventStore;

namespace Billing.Api.Subscriptions;

/// <summary>One row per preapproval: its folded state.</summary>
/// <remarks>Inline on purpose: the sweep decides by next_due_at, so that it must never lag behind the events.</remarks>
public sealed class SubscriptionProjection : View<SubscriptionRow>
{
    public override string Name => "subscriptions";

    public override string StreamColumn => "preapproval_id";

    protected override IReadOnlyList<ViewColumn<SubscriptionRow>> Columns { get; } =
    [
        Key("tenant_id", row => row.Tenant),
        Key("preapproval_id", row => row.It.Id),
        Column("merchant_preapproval_id", row => row.It.Terms.MerchantPreapprovalId),
        Column("gateway_preapproval_id", row => (long?)row.It.Gateway?.PreapprovalId),
        Column("method_id", row => row.It.Terms.MethodId),
        Column("status", row => row.It.Status.ToString().ToLowerInvariant()),
        Column("amount_minor", row => row.It.Schedule?.Amount.Minor),
        Column("currency", row => row.It.Schedule?.Amount.Currency),
        Column("every", row => row.It.Schedule?.Every),
        Column("unit", row => row.It.Schedule?.Unit.ToWire()),
        Column("first_due_on", row => row.It.Schedule?.FirstDueOn),
        Column("ends_on", row => row.It.Schedule?.EndsOn),
        Column("periods", row => row.It.Schedule?.Periods),
        Column("time_zone", row => row.It.Schedule?.TimeZone),
        Column("catch_up", row => row.It.Schedule?.CatchUp.ToWire()),
        Column("schedule_revision", row => row.It.Schedule?.Revision),
        Column("is_paused", row => row.It.IsPaused),
        Column("last_decided_on", row => row.It.LastDecided),
        Column("next_due_on", row => row.Due?.Period.DueOn),
        Column("next_due_at", row => row.Due?.DueAt),
        Column("next_due_revision", row => row.Due?.Period.ScheduleRevision),
        Column("next_due_attempt", row => row.Due?.Attempt),
        Column("unsettled_operation", row => row.It.Unsettled?.Operation.ToString().ToLowerInvariant()),
        Column("next_look_up_at", row => row.It.Unsettled?.NextLookUpAt),
        Column("look_ups", row => row.It.Unsettled?.LookUps),
        Column("owner", row => row.It.Unsettled?.Owner),
        Column("drift", row => string.Join(',', row.It.Drift)),
        Column("requested_at", row => row.It.RequestedAt),
        Column("opened_at", row => row.It.OpenedAt),
        Column("closed_at", row => row.It.ClosedAt),
        Column("closed_by", row => row.It.ClosedBy?.ToString().ToLowerInvariant()),
        Column("is_forgotten", row => row.It.IsForgotten),
        Column("stream_version", row => row.Version),
    ];

    protected override void Apply(ViewRows<SubscriptionRow> rows, Recorded recorded) =>
        rows.Set("", new SubscriptionRow(recorded.Tenant, (Preapproval)recorded.State!, recorded.Version));
}

/// <summary>What the columns are read from, once per write however many events there were.</summary>
public sealed class SubscriptionRow(string tenant, Preapproval it, long version)
{
    private readonly Lazy<DueCharge?> due = new(() => it.NextDue);

    public string Tenant { get; } = tenant;

    public Preapproval It { get; } = it;

    public DueCharge? Due => due.Value;

    public long Version { get; } = version;
}
