using Marten;
using Marten.Schema;
using Marten.Schema.Indexing.Unique;

namespace Billing.Api.Notifications;

/// <summary>The documents of this feature and the indexes of their searches.</summary>
public static class NotificationDocuments
{
    public static void Configure(StoreOptions options)
    {
        Notifications(options);
        Quarantine(options);
    }

    // A received one is in two indexes only: intake is the busiest writer.
    private static void Notifications(StoreOptions options) => options.Schema.For<Notification>()
        .Duplicate(one => one.ReceivedAt, notNull: true, configure: Where("status = 'received'"))
        .Duplicate(one => one.UnmatchedSince!, configure: Where("unmatched_since is not null"))
        .Duplicate(one => one.AskAgainAt!, configure: Where("ask_again_at is not null"))
        .Duplicate(one => one.Reason!, configure: Where("reason = 'not_known_yet'"))
        .Duplicate(one => one.PreapprovalId!, configure: Where("preapproval_id is not null"))
        .Duplicate(one => one.NamedPreapprovalId!, configure: Where("named_preapproval_id is not null"))
        .Duplicate(one => one.Status, notNull: true, configure: Where("status <> 'received'"))
        .Duplicate(one => one.Outcome!, configure: Where("outcome <> 'applied'"))
        .Duplicate(one => one.Kind!, configure: Where("kind is not null"))
        .Duplicate(one => one.Reference!, configure: Where("reference is not null"))
        .Duplicate(one => one.GatewayId!, configure: Where("gateway_id is not null"));

    private static void Quarantine(StoreOptions options) => options.Schema.For<QuarantinedResponse>()
        .Metadata(metadata => metadata.TenantId.MapTo(one => one.Site))
        .Duplicate(one => one.ReceivedAt, notNull: true)
        .Duplicate(one => one.PreapprovalId!, configure: Where("preapproval_id is not null"))
        .Duplicate(one => one.NamedPreapprovalId!, configure: Where("named_preapproval_id is not null"))
        .Duplicate(one => one.OpenKey!, configure: index =>
        {
            Where("open_key is not null")(index);
            index.IsUnique = true;
        });

    private static Action<DocumentIndex> Where(string predicate) => index =>
        (index.Predicate, index.TenancyScope) = (predicate, TenancyScope.PerTenant);
}
