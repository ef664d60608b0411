using JasperFx;

namespace Billing.Api.Reconciliation;

/// <summary>The latest comparison of a site with the gateway: how far it is and what it has found.</summary>
public sealed record ReconciliationRun : IRevisioned
{
    public const string OnlyId = "run";

    public const string Preapprovals = "preapprovals";
    public const string Strays = "strays";
    public const string Payments = "payments";
    public const string Lost = "lost";
    public const string Missing = "missing";
    public const string Done = "done";

    public string Id { get; set; } = OnlyId;

    public int Version { get; set; }

    public string Site { get; set; } = "";

    public string Step { get; init; } = Preapprovals;

    /// <summary>The last preapproval that was compared.</summary>
    public Guid AfterPreapproval { get; init; }

    /// <summary>The last charge that was compared because no page has shown it.</summary>
    public string AfterCharge { get; init; } = "";

    /// <summary>The gateway's id of the last payment that was looked up because we have no record of it.</summary>
    public int AfterLost { get; init; }

    /// <summary>The next page of the gateway's payments.</summary>
    public int Page { get; init; } = 1;

    /// <summary>
    /// Payments that the gateway made from then on, and preapprovals that were not closed before, are compared.
    /// </summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Younger payments are left out: their notifications are still on their way.</summary>
    public DateTimeOffset Until { get; init; }

    /// <summary>A positive answer is applied by the ordinary rules; otherwise it is only recorded.</summary>
    public bool Heal { get; init; }

    /// <summary>Who began it; the user of its events.</summary>
    public string By { get; init; } = "";

    public long ComparedPreapprovals { get; init; }

    public long ComparedPayments { get; init; }

    public long Found { get; init; }

    public long Healed { get; init; }

    /// <summary>What could not be asked: nothing was concluded from that.</summary>
    public long Unasked { get; init; }

    /// <summary>Business time; null while it is under way.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    public bool IsDone => Step == Done;
}
