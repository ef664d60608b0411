using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Simulating;

/// <summary>What simulated years must have in them, or they prove little.</summary>
internal static class Occurrences
{
    public const string Restores = "backups restored";

    private static readonly (string Name, string Where)[] OfEvents =
    [
        ("schedules changed by PATCH", "type = 'schedule_set' and (data #>> '{Schedule,Revision}')::int > 1"),
        ("customers forgotten", "type = 'customer_forgotten'"),
        ("charges refused", "type = 'payment_failed' and data ->> 'Reason' = 'refused'"),
        ("mandates declined for good", "type = 'schedule_suspended' and data ->> 'Reason' = 'declined_for_good'"),
        ("refunds made", "type = 'payment_refunded'"),
        ("disputes lost", "type = 'dispute_lost'"),
        ("planned changes", "type = 'schedule_change_planned'"),
        ("planned changes taken back", "type = 'planned_change_cancelled' and data ->> 'Reason' = 'cancelled'"),
        (
            "planned changes in force",
            "type = 'charge_requested' and exists (select from mt_events p where p.stream_id = mt_events.stream_id "
            + "and p.type = 'schedule_change_planned' and p.data #> '{Schedule,Revision}' = "
            + "mt_events.data -> 'ScheduleRevision')"),
        ("pauses that skip until a day", "type = 'pause_terms_set' and data ->> 'IsCollected' is distinct from 'true'"),
        ("pauses that collect", "type = 'pause_terms_set' and data ->> 'IsCollected' = 'true'"),
        ("retries by hand", "type = 'retry_scheduled' and data ->> 'DueAt' = data ->> 'HappenedAt'"),
        ("suspensions after retries", "type = 'schedule_suspended' and data ->> 'Reason' = 'retries_exhausted'"),
        (
            "charges of imported subscriptions",
            "type = 'payment_charged' and exists (select from mt_events i where i.stream_id = mt_events.stream_id "
            + "and i.type = 'subscription_imported')"),
        ("closes after retries", "type = 'close_requested' and data ->> 'Reason' = 'dunning'"),
    ];

    public static IEnumerable<string> Names => OfEvents.Select(one => one.Name).Append(Restores);

    /// <summary>Of one world, by name; without what leaves no event.</summary>
    public static async Task<Dictionary<string, long>> OfAsync(World world)
    {
        var counts = new Dictionary<string, long>();

        foreach (var (name, where) in OfEvents)
        {
            counts.Add(name, await world.QueryAsync<long>($"select count(*) from mt_events where {where}"));
        }

        return counts;
    }
}
