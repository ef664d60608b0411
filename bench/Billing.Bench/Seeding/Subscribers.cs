using System.Globalization;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;

namespace Billing.Bench.Seeding;

/// <summary>Open monthly subscriptions as the service writes them.</summary>
internal static class Subscribers
{
    /// <summary>Where business time starts: later than the clock of any machine, because it never goes back.</summary>
    public static readonly DateTimeOffset Now = new(2060, 2, 10, 9, 0, 0, TimeSpan.Zero);

    /// <summary>The next due date of those who will be charged.</summary>
    public static readonly DateOnly NextDueOn = new(2060, 3, 1);

    public static readonly Money Price = new(4990, "BRL");
    private const int MethodId = 46;
    private const int FirstPastPaymentId = 500_000_000;
    private static readonly DateOnly AfterTheRun = new(2090, 3, 1);

    /// <summary>A subscription whose next period falls due at <see cref="NextDueOn"/>.</summary>
    /// <param name="number">Its id at the gateway.</param>
    /// <param name="pastPeriods">How many months it has been charged for already.</param>
    /// <param name="millisecondOfDay">When on its day it falls due; null: at the day's beginning.</param>
    public static NewStream Due(int number, int pastPeriods = 0, int? millisecondOfDay = null)
    {
        var id = Guid.CreateVersion7();
        var first = NextDueOn.AddMonths(-pastPeriods);
        var opened = Now.AddMonths(-pastPeriods);
        var events = Open(id, number, first, opened);

        if (millisecondOfDay is { } millisecond)
        {
            events.Add(new DueTimeSet(id, 1, millisecond, DateOnly.FromDateTime(opened.UtcDateTime), opened));
        }

        for (var month = 0; month < pastPeriods; month++)
        {
            var paymentId = FirstPastPaymentId + (number * pastPeriods) + month;
            events.AddRange(Charged(id, number, first.AddMonths(month), paymentId));
        }

        return new NewStream(id, events);
    }

    /// <summary>A subscription whose first period comes after everything that is measured.</summary>
    public static NewStream NotDue(int number)
    {
        var id = Guid.CreateVersion7();

        return new NewStream(id, Open(id, number, AfterTheRun, Now));
    }

    /// <summary>The same, requested before the clock of any machine.</summary>
    public static NewStream Running(int number)
    {
        var id = Guid.CreateVersion7();

        return new NewStream(id, Open(id, number, AfterTheRun, new(2020, 2, 10, 9, 0, 0, TimeSpan.Zero)));
    }

    /// <summary>A subscription that is not due, with a charge on demand that is pending at the provider.</summary>
    public static NewStream WithPendingPayment(int number, string merchantTransactionId)
    {
        var (id, charge) = (Guid.CreateVersion7(), ChargeId.OnDemand(merchantTransactionId));
        var pending = new GatewayPayment(null, null, 7, "PendingOnProvider", null, null);

        return new NewStream(id,
        [
            .. Open(id, number, AfterTheRun, Now),
            new ChargeRequested(id, charge, Price, ChargeOrigin.OnDemand, 1, null, null, null, null, null, Now, Now)
            {
                GatewayPreapprovalId = number, MethodId = MethodId,
            },
            new PaymentPending(
                id, charge, Price, null, pending, ChargeOrigin.OnDemand, 1, LearntFrom.Answer, 0, Now.AddYears(10),
                null, Now),
        ]);
    }

    private static List<PreapprovalEvent> Open(Guid id, int number, DateOnly firstDueOn, DateTimeOffset at)
    {
        var terms = new MandateTerms($"bench-{number}", MethodId, null, "Monthly plan", "BRL", null, 0, null, "BR");
        var customer = new Customer(
            null, $"customer-{number}", $"customer-{number}@example.com", "Ada", "Example", "1", null, null,
            "+55 11 5555", null, null);
        var address = new Address(null, "Santos", "01000-000", "SP", "Rua Exemplo", "1", null, null, "BR");
        var personal = new MandatePersonal(
            Sealed<Customer>.Of(customer), Sealed<Address>.Of(address),
            Sealed<string>.Of("https://shop.example/return"), null, null, null);
        var gateway = new GatewayMandate(number, Digits(at), BenchSite.Number, 1, "Pending", null);
        var schedule = new Schedule(
            1, Price, 1, ScheduleUnit.Month, firstDueOn, firstDueOn, "Etc/UTC", null, null, CatchUp.LatestOnly);

        return
        [
            new PreapprovalRequested(id, terms, personal, null, BenchSite.Number, at, at),
            new PreapprovalRegistered(id, gateway, terms, personal, LearntFrom.Answer, at),
            new PreapprovalOpened(id, 2, "Open", null, LearntFrom.Notification, at),
            new ScheduleSet(id, schedule, at),
        ];
    }

    private static PreapprovalEvent[] Charged(Guid id, int number, DateOnly dueOn, int paymentId)
    {
        var at = new DateTimeOffset(dueOn.ToDateTime(default), TimeSpan.Zero);
        var charge = ChargeId.Scheduled(number, new Period(dueOn), 1);
        var paid = new GatewayPayment(paymentId, Digits(at), 2, "Success", null, null);

        return
        [
            new ChargeRequested(id, charge, Price, ChargeOrigin.Scheduled, 1, 1, at, null, null, null, at, at)
            {
                GatewayPreapprovalId = number, MethodId = MethodId,
            },
            new PaymentCharged(id, charge, Price, Price, paid, ChargeOrigin.Scheduled, 1, LearntFrom.Answer, at),
        ];
    }

    private static string Digits(DateTimeOffset at) => at.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
}
