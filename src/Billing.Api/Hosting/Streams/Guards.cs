using Billing.Domain.Preapprovals;
using Marten;

namespace Billing.Api.Hosting.Streams;

/// <summary>Reserves a MerchantPreapprovalID for one preapproval of the site. A refusal frees it.</summary>
public sealed class MerchantPreapprovalIdGuard
{
    /// <summary>The MerchantPreapprovalID.</summary>
    public string Id { get; set; } = "";

    public Guid PreapprovalId { get; set; }
}

/// <summary>Reserves a preapproval id of the gateway for one preapproval of the site.</summary>
public sealed class GatewayPreapprovalIdGuard
{
    /// <summary>The gateway's numeric id.</summary>
    public string Id { get; set; } = "";

    public Guid PreapprovalId { get; set; }
}

/// <summary>Writes the guard documents in the transaction of the events that need them.</summary>
public static class Guards
{
    /// <param name="before">The state before the event; null for the first one.</param>
    public static void Apply(IDocumentOperations session, Preapproval? before, PreapprovalEvent @event)
    {
        switch (@event)
        {
            case PreapprovalRequested e:
                session.Insert(new MerchantPreapprovalIdGuard
                {
                    Id = e.Terms.MerchantPreapprovalId, PreapprovalId = e.PreapprovalId
                });
                break;
            case RecoveredFromGateway e:
                session.Insert(new MerchantPreapprovalIdGuard
                {
                    Id = e.Terms.MerchantPreapprovalId, PreapprovalId = e.PreapprovalId
                });
                session.Insert(OfGateway(e.Gateway.PreapprovalId, e.PreapprovalId));
                break;
            case PreapprovalRefused:
                session.Delete<MerchantPreapprovalIdGuard>(before!.Terms.MerchantPreapprovalId);
                break;
            case PreapprovalRegistered e when before?.Gateway?.PreapprovalId != e.Gateway.PreapprovalId:
                session.Insert(OfGateway(e.Gateway.PreapprovalId, e.PreapprovalId));
                break;
        }
    }

    private static GatewayPreapprovalIdGuard OfGateway(int id, Guid preapproval) =>
        new() { Id = $"{id}", PreapprovalId = preapproval };
}
