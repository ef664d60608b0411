using Billing.Domain;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using Billing.EventStore;

namespace Billing.Bench.Charging;

/// <summary>Open subscriptions as the product writes them, whose first period has not come yet.</summary>
internal static class Subscribers
{
    /// <summary>Where business time starts: later than any machine that this runs on, since it never goes back.</summary>
    public static readonly DateTimeOffset Opened = new(2060, 2, 10, 9, 0, 0, TimeSpan.Zero);

    /// <summary>The first period of those who will be charged.</summary>
    public static readonly DateOnly FirstDueOn = new(2060, 3, 1);

    private static readonly DateOnly Someday = new(2090, 3, 1);
    private static readonly Metadata By = new("bench", "bench", "bench");

    /// <param name="gatewayId">The preapproval's id at the gateway.</param>
    /// <param name="isDue">False: its first period comes after all that is measured.</param>
    /// <param name="millisecondOfDay">When on its day it is due; null: with the day.</param>
    public static ImportedStream Of(int gatewayId, bool isDue, int? millisecondOfDay)
    {
        var id = Guid.CreateVersion7();
        var terms = new MandateTerms($"bench-{gatewayId}", 46, null, "Monthly plan", "https://shop.example/return", "BRL", null, 0, null);
        var personal = new MandatePersonal(
            new Customer(null, $"customer-{gatewayId}", $"customer-{gatewayId}@example.com", "Ada", "Example", "1", null, null, "+55 11 5555", null, null),
            new Address(null, "Santos", "01000-000", "SP", "Rua Exemplo", "1", null, null, "BR"), null, null, null, null);
        var first = isDue ? FirstDueOn : Someday;
        var schedule = new Schedule(1, new Money(4990, "BRL"), 1, ScheduleUnit.Month, first, first, "Etc/UTC", null, null, CatchUp.LatestOnly);
        List<object> events =
        [
            new PreapprovalRequested(id, terms, personal, null, 30201, Opened),
            new PreapprovalRegistered(id, new GatewayMandate(gatewayId, "20600210090000", 30201, 1, "Pending", null), terms, personal, LearntFrom.Answer, Opened),
            new PreapprovalOpened(id, 2, "Open", null, LearntFrom.Notification, Opened),
            new ScheduleSet(id, schedule, Opened),
        ];
        if (millisecondOfDay is { } millisecond)
        {
            events.Add(new DueTimeSet(id, 1, millisecond, DateOnly.FromDateTime(Opened.UtcDateTime), Opened));
        }

        return new ImportedStream(new StreamKey("30201", id), events, By);
    }
}
