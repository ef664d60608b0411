using System.Globalization;
using Billing.Api.Hosting.Outbound;
using Billing.Domain.Profiles;

namespace Billing.Api.Attention.Kinds;

/// <summary>Mandates that lapse, or have lapsed, because they were not used; ordered by their last use.</summary>
public abstract class MandateLapses(AttentionRows rows, MethodProfiles profiles, ChargingOptions options)
    : MandateLimitKind(rows, profiles)
{
    private readonly MethodProfiles all = profiles;

    protected override string Column => "idle_since";

    protected override IEnumerable<string> Conditions => Each(profile => profile.LapseMonths > 0, And);

    /// <summary>What has to hold of a row of this method.</summary>
    protected abstract string And(MethodProfile profile);

    // $2 is business time less OverdueAfter. A lapse is reckoned in UTC, whatever the zone of the connection.
    protected string LastUseBefore(MethodProfile profile, int lessDays) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        (($2 at time zone 'UTC' + interval '{options.OverdueAfter.TotalSeconds} seconds'
            + interval '{lessDays} days' - interval '{profile.LapseMonths} months') at time zone 'UTC')
        """);

    protected string LapsesOn(AttentionRow row) => row.Since.UtcDateTime
        .AddMonths(all.Of(row.Number("method") ?? 0).LapseMonths).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    protected static string Close(AttentionRow row) => Settling.Call($"DELETE /v1/preapprovals/{row["gateway_id"]}");
}

/// <summary>Mandates that lapse soon, before a charge that is planned.</summary>
public sealed class LapsingMandates(AttentionRows rows, MethodProfiles profiles, ChargingOptions options)
    : MandateLapses(rows, profiles, options)
{
    private readonly int warnDays = options.WarnOfLapseDays;

    public override string Name => "mandate_lapses_soon";

    // What falls due in a pause may be skipped: a pause is warned about as if nothing were planned.
    protected override string And(MethodProfile profile) =>
        $"""
        and d.idle_since <= {LastUseBefore(profile, warnDays)} and d.idle_since > {LastUseBefore(profile, 0)}
            and (d.next_due_at is null or d.data #> '{"{Pauses,0}"}' is not null
                or d.next_due_at at time zone 'UTC'
                    >= d.idle_since at time zone 'UTC' + interval '{profile.LapseMonths} months')
        """;

    public override AttentionItem Item(AttentionRow row) => Item(
        row, AttentionItem.Business,
        $"The mandate lapses on {LapsesOn(row)}, because it was last used at {Settling.At(row.Since)} and no charge is "
        + "planned before: charge it before that day, or ask the customer for a new mandate and close this one.",
        Close(row));
}

/// <summary>Mandates that have lapsed and are still open.</summary>
public sealed class LapsedMandates(AttentionRows rows, MethodProfiles profiles, ChargingOptions options)
    : MandateLapses(rows, profiles, options)
{
    public override string Name => "mandate_lapsed";

    protected override string And(MethodProfile profile) => $"and d.idle_since <= {LastUseBefore(profile, 0)}";

    public override AttentionItem Item(AttentionRow row) => Item(
        row, AttentionItem.Business,
        $"The mandate lapsed on {LapsesOn(row)}, because it was last used at {Settling.At(row.Since)}, and is not "
        + "charged any more: ask the customer for a new mandate and close this one.",
        Close(row));
}
