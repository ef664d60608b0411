using Billing.Audit.Sealing;
using JasperFx;

namespace Billing.Api.Notifications;

/// <summary>A response of the gateway that does not match its request. Only the sealed parts are personal.</summary>
public sealed record QuarantinedResponse : IRevisioned
{
    public const string Open = "open";
    public const string Dismissed = "dismissed";

    public Guid Id { get; set; }

    public int Version { get; set; }

    public string Site { get; set; } = "";

    /// <summary>Real time.</summary>
    public DateTimeOffset ReceivedAt { get; set; }

    /// <summary>When it was received most recently.</summary>
    public DateTimeOffset LastAt { get; set; }

    /// <summary>How often it was received; the first body is kept.</summary>
    public int Times { get; set; } = 1;

    /// <summary>What was asked: register, change, close, read, find, charge, refund or find_refund.</summary>
    public string Operation { get; set; } = "";

    /// <summary>What was asked about: MerchantTransactionID, MerchantPreapprovalID or the gateway's number.</summary>
    public string Reference { get; set; } = "";

    /// <summary>The preapproval that was asked about, by the gateway's number.</summary>
    public int? GatewayPreapprovalId { get; set; }

    /// <summary>The ID in the response.</summary>
    public int? NamedId { get; set; }

    /// <summary>The symptom that the outcome carries: mismatch_amount, several_payments …</summary>
    public string Reason { get; set; } = "";

    public int HttpStatus { get; set; }

    /// <summary>The stream that was asked about.</summary>
    public Guid? PreapprovalId { get; set; }

    /// <summary>Another stream of ours that the response names.</summary>
    public Guid? NamedPreapprovalId { get; set; }

    /// <summary>Null once it has expired or a person in it was forgotten.</summary>
    public SealedBody? Body { get; set; }

    public string Status { get; set; } = Open;

    /// <summary>The same for all receptions of one contradiction while it is open; null once it is dismissed.</summary>
    public string? OpenKey { get; set; }

    public DateTimeOffset? DismissedAt { get; set; }

    public string? DismissedBy { get; set; }

    /// <summary>What the operator found.</summary>
    public SealedBody? Because { get; set; }

    internal string BodyContext => $"{Site}/{Id:N}";

    internal string BecauseContext => $"{Site}/{Id:N}/because";
}
