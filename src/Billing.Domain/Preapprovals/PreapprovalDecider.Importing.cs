using Billing.Domain.Gateway;
using Billing.Domain.Profiles;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Preapprovals;

public static partial class PreapprovalDecider
{
    /// <summary>A subscription that another system has charged so far goes on here.</summary>
    /// <param name="state">Null, or the row was imported before and there is nothing new.</param>
    /// <param name="snapshot">The preapproval as the gateway shows it now.</param>
    /// <param name="siteId">The site that imports.</param>
    /// <exception cref="RuleViolation">
    /// What <see cref="SubscriptionImport.ToSchedule"/> refuses, another_site, not_open,
    /// merchant_preapproval_id_missing, currency_mismatch, currency_not_taken, amount_over_cap, frequency_exceeded.
    /// </exception>
    public static PreapprovalEvent[] Import(
        Preapproval? state, Guid id, MandateSnapshot snapshot, SubscriptionImport import, string siteId,
        SiteCalendar site, MethodProfiles profiles, DateTimeOffset now)
    {
        if (state is not null)
        {
            return [];
        }

        var schedule = import.ToSchedule(site, now);
        CheckImported(snapshot, schedule.Amount.Currency, siteId, profiles);

        var recovered = Recover(null, id, snapshot, now);
        var imported = new SubscriptionImported(
            id, import.ImportId, import.Row, import.PastCharges,
            new Money(import.PastAmountMinor, schedule.Amount.Currency), now);
        var opened = recovered.Append(imported).Aggregate(state, Preapproval.Fold)!;
        MandateLimits.CheckSchedule(opened, import.Terms, ProfileOf(opened, profiles));

        // The schedule comes last: what is folded of it knows that it goes on.
        return [.. recovered, imported, .. ScheduleFor(opened, schedule, site, now)];
    }

    private static string Shown(MandateStatus? status) => status switch
    {
        MandateStatus.Pending => "is pending",
        MandateStatus.Closed => "is closed",
        _ => "has no known status",
    };

    private static void CheckImported(
        MandateSnapshot snapshot, string currency, string siteId, MethodProfiles profiles)
    {
        if (snapshot.Gateway.SiteId is { } shown && $"{shown}" != siteId)
        {
            throw new RuleViolation("another_site", "The gateway shows this preapproval as one of another site.");
        }

        if (snapshot.Status is not MandateStatus.Open)
        {
            throw new RuleViolation(
                "not_open",
                $"The preapproval {Shown(snapshot.Status)} at the gateway; only an open one can be charged.");
        }

        if (snapshot.Terms.MerchantPreapprovalId.Length == 0)
        {
            throw new RuleViolation(
                "merchant_preapproval_id_missing", "The gateway shows no MerchantPreapprovalID of this preapproval.");
        }

        if (snapshot.Terms.Currency is { Length: > 0 } approved && approved != currency)
        {
            throw new RuleViolation(
                "currency_mismatch", $"The customer has approved charges in {approved}, and not in {currency}.");
        }

        if (!profiles.Of(snapshot.Terms.MethodId).Takes(currency))
        {
            throw new RuleViolation("currency_not_taken", $"The method of this preapproval does not take {currency}.");
        }
    }
}
