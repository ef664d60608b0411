using Billing.Api.Hosting.Streams;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;

namespace Billing.Api.Operations.Audit;

/// <summary>The ids that a stream has to reserve: by guard documents, and by the ids of events.</summary>
public static class GuardCheck
{
    /// <summary>The names of the guards that the events of a stream leave: kind and id.</summary>
    public static IReadOnlySet<(string Kind, string Id)> Expected(IEnumerable<PreapprovalEvent> events)
    {
        var (guards, terms, gatewayId) = (new HashSet<(string, string)>(), (MandateTerms?)null, (int?)null);

        foreach (var @event in events)
        {
            switch (@event)
            {
                case PreapprovalRequested e:
                    terms = e.Terms;
                    guards.Add((MerchantIds, terms.MerchantPreapprovalId));
                    break;
                case RecoveredFromGateway e:
                    (terms, gatewayId) = (e.Terms, e.Gateway.PreapprovalId);
                    guards.Add((MerchantIds, terms.MerchantPreapprovalId));
                    guards.Add((GatewayIds, $"{gatewayId}"));
                    break;
                case PreapprovalRefused:
                    guards.Remove((MerchantIds, terms!.MerchantPreapprovalId));
                    break;
                case PreapprovalRegistered e when gatewayId != e.Gateway.PreapprovalId:
                    gatewayId = e.Gateway.PreapprovalId;
                    guards.Add((GatewayIds, $"{gatewayId}"));
                    break;
            }
        }

        return guards;
    }

    public const string MerchantIds = "MerchantPreapprovalID";
    public const string GatewayIds = "gateway preapproval id";

    public static readonly IReadOnlyList<(string Kind, Type Document)> Documents =
        [(MerchantIds, typeof(MerchantPreapprovalIdGuard)), (GatewayIds, typeof(GatewayPreapprovalIdGuard))];

    public static IEnumerable<AuditDifference> Compare(
        StoredStream stream, IReadOnlySet<(string Kind, string Id)> stored)
    {
        var expected = Expected(stream.Events.Select(row => row.Event));

        foreach (var (kind, id) in expected.Except(stored).Order())
        {
            yield return new(stream.Site, stream.Id, null, $"The guard of {kind} {id} is missing.");
        }

        foreach (var (kind, id) in stored.Except(expected).Order())
        {
            yield return new(stream.Site, stream.Id, null, $"The guard of {kind} {id} does not come from the events.");
        }
    }

    /// <summary>Events that reserve a MerchantTransactionID and do not have the id that is derived from it.</summary>
    public static IEnumerable<AuditDifference> EventIdsOf(StoredStream stream) => stream.Events
        .Where(row => row.Event is IFirstChargeEvent or RefundRequested
            && row.Id != EventIds.Of(stream.Site, row.Event))
        .Select(row => new AuditDifference(
            stream.Site, stream.Id, row.Version,
            "The event's id is not the one that is derived from its MerchantTransactionID."));
}
