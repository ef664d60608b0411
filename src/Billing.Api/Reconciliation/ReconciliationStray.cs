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

    /// <summary>Who has looked at it and decided that it needs no record here; it stays gone.</summary>
    public string? DismissedBy { get; set; }

    /// <summary>When it was found, of one that is not known yet; else null.</summary>
    public DateTimeOffset? OpenSince => GoneAt is null ? FoundAt : null;

    public static string IdOf(string kind, int gatewayId) => $"{kind}-{gatewayId}";
}
