namespace Billing.Api.Reconciliation;

/// <summary>
/// What the gateway has and we have not. It is reported; of payments, only charges of due dates are recorded by a run.
/// </summary>
public sealed class ReconciliationStray
{
    public const string OfPayment = "payment";
    public const string OfPreapproval = "preapproval";

    /// <summary>Kind and the gateway's id.</summary>
    public string Id { get; set; } = "";

    public string Kind { get; set; } = "";

    public int GatewayId { get; set; }

    /// <summary>The merchant's id of it.</summary>
    public string? Reference { get; set; }

    public int? GatewayStatusId { get; set; }

    /// <summary>Business time.</summary>
    public DateTimeOffset FoundAt { get; set; }

    /// <summary>Business time at which it was found to be known by now; null until then.</summary>
    public DateTimeOffset? GoneAt { get; set; }

    public static string IdOf(string kind, int gatewayId) => $"{kind}-{gatewayId}";
}
