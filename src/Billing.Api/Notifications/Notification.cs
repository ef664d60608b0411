using Billing.Audit.Sealing;
using JasperFx;

namespace Billing.Api.Notifications;

/// <summary>A notification of the gateway, kept whatever its result. Nothing but its body is personal.</summary>
/// <remarks>A change is stored under the next version. Of two changes of one version the first is kept.</remarks>
public sealed record Notification : IRevisioned
{
    public Guid Id { get; set; }

    public int Version { get; set; }

    /// <summary>Real time.</summary>
    public DateTimeOffset ReceivedAt { get; set; }

    /// <summary>Headers and body, sealed; null once they have expired or their person was forgotten.</summary>
    public SealedBody? Body { get; set; }

    /// <summary>received, matched, parked, kept, unreadable or expired.</summary>
    public string Status { get; set; } = Received;

    /// <summary>The root key of the body; null until it is read.</summary>
    public string? Kind { get; set; }

    /// <summary>Of a matched one: applied, duplicate, stale or unrecognised.</summary>
    public string? Outcome { get; set; }

    /// <summary>Why it is parked, or why nothing was recorded.</summary>
    public string? Reason { get; set; }

    /// <summary>
    /// The merchant's id of what it is about; of refunds and disputes the gateway's payment id. Cut to
    /// <see cref="MostOfReference"/> characters, which is more than any id of ours has.
    /// </summary>
    public string? Reference { get; set; }

    /// <summary>The gateway's own id of the preapproval, payment, refund or dispute.</summary>
    public long? GatewayId { get; set; }

    /// <summary>The stream it was matched to.</summary>
    public Guid? PreapprovalId { get; set; }

    /// <summary>The stream that a parked one names; it may contradict it.</summary>
    public Guid? NamedPreapprovalId { get; set; }

    /// <summary>The gateway's own time of it, fourteen digits.</summary>
    public string? NotifiedAt { get; set; }

    /// <summary>How often the gateway was asked about it without confirming it.</summary>
    public int Tries { get; set; }

    /// <summary>When it is applied again, real time; null: not by time.</summary>
    public DateTimeOffset? AskAgainAt { get; set; }

    /// <summary>Who has looked at it and set it aside.</summary>
    public string? DismissedBy { get; set; }

    /// <summary>When it was received, of one that expires unless it is matched; else null.</summary>
    public DateTimeOffset? UnmatchedSince =>
        Status is Parked or Kept or Unreadable && AskAgainAt is null ? ReceivedAt : null;

    /// <summary>Why a person has to look: mismatch or unmatched; null when none has to.</summary>
    public string? Waiting => (Status, Reason) switch
    {
        (Parked, { } why) when why.StartsWith(Mismatch, StringComparison.Ordinal) => Mismatch,
        (Parked, { } why) when !Unverified.IsAskedAgain(why) => Unmatched,
        _ => null,
    };

    public const int MostOfReference = 200;

    /// <summary>Why it is kept: a person has looked.</summary>
    public const string Dismissed = "dismissed";

    /// <summary>It contradicts what is recorded.</summary>
    public const string Mismatch = "mismatch";

    /// <summary>What it names is not known.</summary>
    public const string Unmatched = "unmatched";

    public const string Received = "received";
    public const string Matched = "matched";
    public const string Parked = "parked";
    public const string Kept = "kept";
    public const string Unreadable = "unreadable";
    public const string Expired = "expired";

    /// <summary>It is parked: it matches nothing yet, or contradicts what is known.</summary>
    public Notification Park(NotificationSubject subject, string reason) =>
        About(subject) with { Status = Parked, Reason = reason, AskAgainAt = null };

    /// <summary>It is parked until the gateway confirms it; asked again after a while.</summary>
    public Notification ParkUnverified(NotificationSubject subject, string reason, DateTimeOffset now)
    {
        var tries = Tries + 1;
        var isEnd = reason != Unverified.NotAsked && tries >= Unverified.Waits.Length;

        return About(subject) with
        {
            Status = Parked,
            Tries = tries,
            Reason = isEnd ? Unverified.Ends : reason,
            AskAgainAt = isEnd ? null : now + Unverified.Waits[Math.Min(tries, Unverified.Waits.Length) - 1],
        };
    }

    /// <summary>It was applied to a stream, or the stream knew it already.</summary>
    /// <param name="nothingNewAs">The outcome when no event was recorded: duplicate, stale or unrecognised.</param>
    public Notification Match(NotificationSubject subject, Guid preapprovalId, bool isApplied, string nothingNewAs) =>
        PreapprovalId is not null && !isApplied
            ? this with { AskAgainAt = null }
            : About(subject) with
            {
                Status = Matched,
                PreapprovalId = preapprovalId,
                NamedPreapprovalId = null,
                Outcome = isApplied ? NotificationPlan.Applied : nothingNewAs,
                Reason = isApplied ? null : NotificationPlan.NothingNew,
                AskAgainAt = null,
            };

    /// <summary>No rule acts on it, or it cannot be read.</summary>
    public Notification SetAside(string status, string kind, string reason) =>
        this with { Status = status, Kind = kind, Reason = reason, AskAgainAt = null };

    /// <summary>A person has looked at it, and nothing of it is to be applied.</summary>
    public Notification Dismiss(string by) =>
        this with { Status = Kept, Reason = Dismissed, DismissedBy = by, AskAgainAt = null };

    private Notification About(NotificationSubject subject) => this with
    {
        Kind = subject.Kind,
        Reference = subject.Reference is { Length: > MostOfReference } tooLong
            ? tooLong[..MostOfReference]
            : subject.Reference,
        GatewayId = subject.GatewayId,
        NotifiedAt = subject.NotifiedAt,
    };
}
