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
