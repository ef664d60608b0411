namespace Billing.Api.Comparing;

/// <summary>One comparison of a site's books with the gateway: how far it is and what it has met.</summary>
/// <param name="Since">Payments that the gateway made from then on, and preapprovals that were not closed before, are compared.</param>
/// <param name="Until">Younger payments are left alone: their news is still on its way.</param>
/// <param name="Heal">A positive truth of the gateway is applied by the ordinary rules; otherwise it is only recorded.</param>
/// <param name="Unasked">What could not be asked: nothing was read from that.</param>
public sealed record Walk(
    string Tenant, string Stage, Guid AfterPreapproval, string AfterCharge, int Page, DateTimeOffset Since, DateTimeOffset Until, bool Heal, string By,
    long Preapprovals, long Payments, long Found, long Healed, long Unasked)
{
    public const string OfPreapprovals = "preapprovals";
    public const string OfStrays = "strays";
    public const string OfPayments = "payments";
    public const string OfMissing = "missing";
    public const string Done = "done";

    public bool IsDone => Stage == Done;
}
