using System.Reflection;
using Billing.Api.Charges;
using Billing.Api.Notifications;
using Billing.Api.Reconciliation;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Marten;
using Marten.Schema;

namespace Billing.Api.Attention;

/// <summary>The columns and indexes by which kinds find their rows.</summary>
/// <remarks>
/// An index is in the order of a site's list: tenant first, so that no page reads rows of other sites. It holds only
/// what waits, and costs other rows nothing.
/// </remarks>
public static class AttentionDocuments
{
    private static readonly MemberInfo[] MethodId =
    [
        typeof(Preapproval).GetProperty(nameof(Preapproval.Terms))!,
        typeof(MandateTerms).GetProperty(nameof(MandateTerms.MethodId))!,
    ];

    public static void Configure(StoreOptions options) => options.Policies.ForAllDocuments(Add);

    private static void Add(DocumentMapping mapping)
    {
        if (mapping.DocumentType == typeof(Payment))
        {
            Since(mapping, nameof(Payment.OwnedSince));
            Since(mapping, nameof(Payment.RefundOwnedSince));
            Since(mapping, nameof(Payment.DisputedSince));
            Since(mapping, nameof(Payment.PaidTwiceSince));
        }
        else if (mapping.DocumentType == typeof(Preapproval))
        {
            Since(mapping, nameof(Preapproval.MandateOwnedSince));
            Since(mapping, nameof(Preapproval.DriftSince));
            var since = mapping.DuplicateField(nameof(Preapproval.TroubleSince)).ColumnName;
            Index(mapping, "trouble", since);
            var method = mapping.DuplicateField(MethodId).ColumnName;
            OfMethod(mapping, method, nameof(Preapproval.IdleSince));
            Since(mapping, nameof(Preapproval.OverMaximumSince));
            Since(mapping, nameof(Preapproval.TooOftenSince));
            OfMethod(mapping, method, nameof(Preapproval.MaximumUsedSince));
        }
        else if (mapping.DocumentType == typeof(Notification))
        {
            Index(mapping, mapping.DuplicateField(nameof(Notification.Waiting)).ColumnName, "received_at");
        }
        else if (mapping.DocumentType == typeof(QuarantinedResponse))
        {
            Index(mapping, "received_at").Predicate = "open_key is not null";
        }
        else if (mapping.DocumentType == typeof(ReconciliationStray))
        {
            Since(mapping, nameof(ReconciliationStray.OpenSince));
        }
    }

    private static void Since(DocumentMapping mapping, string property) =>
        Index(mapping, mapping.DuplicateField(property).ColumnName);

    // Which of the rows wait depends on what the profile of the method says.
    private static void OfMethod(DocumentMapping mapping, string method, string property)
    {
        var since = mapping.DuplicateField(property).ColumnName;
        var index = mapping.AddIndex(["tenant_id", method, since]);
        (index.Name, index.Predicate) = ($"attention_subscription_{since}", $"{since} is not null");
    }

    private static DocumentIndex Index(DocumentMapping mapping, params string[] columns)
    {
        var index = mapping.AddIndex(["tenant_id", .. columns]);
        (index.Name, index.Predicate) = (
            $"attention_{mapping.DocumentType.Name.ToLowerInvariant()}_{columns[0]}", $"{columns[0]} is not null");

        return index;
    }
}
