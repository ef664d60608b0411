using Billing.Domain;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using Billing.EventStore;

namespace Billing.Bench.Appending;

/// <summary>Events as the product writes them, of customers who do not exist.</summary>
internal static class Customers
{
    private static readonly DateTimeOffset Start = new(2026, 1, 31, 9, 0, 0, TimeSpan.Zero);
    private static int ids;

    public static readonly Metadata By = new("bench", "bench", "bench");

    public static StreamKey NewKey() => new(Ledger.Tenant, Guid.CreateVersion7());

    /// <summary>Two events: asked for, and the gateway's answer.</summary>
    public static PreapprovalEvent[] Subscribing(StreamKey key)
    {
        var number = Interlocked.Increment(ref ids);
        var terms = new MandateTerms($"bench-{number}", 46, null, "1 year subscription", "https://shop.example/return", "BRL", 9900, 1, null);
        var personal = new MandatePersonal(
            new Customer(null, $"customer-{number}", $"customer-{number}@example.com", "Ada", "Example", "1", "00003456789", null, "+55 11 5555", null, "19800101"),
            new Address(null, "São Paulo", "01000-000", "SP", "Rua Exemplo", "1", null, null, "BR"), null, null, null, null);
        var schedule = new ScheduleTerms(990, "BRL", 1, ScheduleUnit.Month, new DateOnly(2026, 1, 31), "America/Sao_Paulo");
        var gateway = new GatewayMandate(number, "20260131090000", 30201, 1, "Pending", null);

        return
        [
            new PreapprovalRequested(key.Id, terms, personal, schedule, 30201, Start),
            new PreapprovalRegistered(key.Id, gateway, terms, personal with { RedirectUrl = "https://gateway.example/approve?id=1" }, LearntFrom.Answer, Start),
        ];
    }

    /// <summary>Three more: approved, its schedule, and a first charge that is asked for.</summary>
    public static PreapprovalEvent[] Opening(StreamKey key)
    {
        var schedule = new Schedule(1, new Money(990, "BRL"), 1, ScheduleUnit.Month, new DateOnly(2026, 1, 31), new DateOnly(2026, 1, 31), "America/Sao_Paulo", null, null, CatchUp.LatestOnly);

        return
        [
            new PreapprovalOpened(key.Id, 2, "Open", null, LearntFrom.Notification, Start),
            new ScheduleSet(key.Id, schedule, Start),
            new ChargeRequested(key.Id, FirstCharge(key), schedule.Amount, ChargeOrigin.Scheduled, 1, Start, null, null, null, Start),
        ];
    }

    /// <summary>News of the first charge: both views have a row to change.</summary>
    public static PaymentPending StillPending(StreamKey key, int lookUps) => new(
        key.Id, FirstCharge(key), new Money(990, "BRL"), null, new GatewayPayment(1, "20260131090000", 7, "PendingOnProvider", null, null),
        ChargeOrigin.Scheduled, 1, LearntFrom.LookUp, lookUps, Start.AddDays(lookUps), null, Start);

    private static ChargeId FirstCharge(StreamKey key) => ChargeId.Scheduled(key.Id, new Period(1, new DateOnly(2026, 1, 31)), 1);
}
