using Billing.Domain;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using Billing.EventStore;

namespace Billing.Bench.Replaying;

/// <summary>The life of a subscription as the product writes it: four events until it is open, then two a month.</summary>
internal static class Months
{
    public const int EventsPerStream = 20;
    private static readonly DateTimeOffset Start = new(2026, 1, 31, 9, 0, 0, TimeSpan.Zero);
    private static readonly Money Price = new(4990, "BRL");

    public static ImportedStream Of(int number)
    {
        var key = new StreamKey("30201", Guid.CreateVersion7(Start.AddSeconds(number)));
        List<object> events = [.. Opening(key.Id, number)];
        for (var month = 0; events.Count < EventsPerStream; month++)
        {
            events.AddRange(Charged(key.Id, number, month));
        }

        return new ImportedStream(key, events, new Metadata($"conversation-{number}", $"{key.Id}", "sweep"));
    }

    private static PreapprovalEvent[] Opening(Guid id, int number)
    {
        var terms = new MandateTerms($"bench-{number}", 46, null, "Monthly plan", "https://shop.example/return", "BRL", 9900, 1, null);
        var personal = new MandatePersonal(
            new Customer(null, $"customer-{number}", $"customer-{number}@example.com", "Ada", "Example", "1", null, null, "+55 11 5555", null, null),
            new Address(null, "Santos", "01000-000", "SP", "Rua Exemplo", "1", null, null, "BR"), null, null, null, null);
        var schedule = new Schedule(1, Price, 1, ScheduleUnit.Month, new DateOnly(2026, 1, 31), new DateOnly(2026, 1, 31), "America/Sao_Paulo", null, null, CatchUp.LatestOnly);

        return
        [
            new PreapprovalRequested(id, terms, personal, null, 30201, Start),
            new PreapprovalRegistered(id, new GatewayMandate(number, "20260131090000", 30201, 1, "Pending", null), terms, personal, LearntFrom.Answer, Start),
            new PreapprovalOpened(id, 2, "Open", null, LearntFrom.Notification, Start),
            new ScheduleSet(id, schedule, Start),
        ];
    }

    private static PreapprovalEvent[] Charged(Guid id, int number, int month)
    {
        var due = Start.AddMonths(month);
        var charge = ChargeId.Scheduled(id, new Period(1, DateOnly.FromDateTime(due.UtcDateTime)), 1);

        return
        [
            new ChargeRequested(id, charge, Price, ChargeOrigin.Scheduled, 1, due, null, null, null, due.AddSeconds(number)),
            new PaymentCharged(
                id, charge, Price, null, new GatewayPayment((number * 12) + month, "20260131090001", 2, "Success", "0", null), ChargeOrigin.Scheduled, 1, LearntFrom.Answer, due.AddSeconds(number + 1)),
        ];
    }
}
