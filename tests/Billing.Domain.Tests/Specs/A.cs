using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Tests.Specs;

/// <summary>Example facts with fixed values, never random, so that a failure reads the same twice. Charges are in A.Charges.cs.</summary>
public static partial class A
{
    public const string SiteZone = "UTC";

    public static readonly Guid Id = Guid.Parse("0190a6c2-0000-7000-8000-000000000001");
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly Money Price = new(4990, "BRL");

    public static readonly MandateTerms Terms = new("sub-1", 46, null, "Monthly plan", "https://shop.example/return", "BRL", null, 0, null);
    public static readonly MandateTerms Dearer = Terms with { Description = "Monthly plan, large" };

    public static readonly MandatePersonal Personal = new(
        new Customer(null, "customer-1", "ana@shop.example", "Ana", "Souza", null, null, null, null, null, null),
        new Address(null, "Santos", null, null, null, null, null, null, "BR"),
        "token=1", null, null, null);

    /// <summary>Due on the 1st of each month from March 2026 on.</summary>
    public static readonly ScheduleTerms Monthly = new(Price.Minor, Price.Currency, 1, ScheduleUnit.Month, new DateOnly(2026, 3, 1));

    public static readonly LookUpPolicy LookUps = new(
        [TimeSpan.FromMinutes(5), TimeSpan.FromHours(1), TimeSpan.FromDays(1)], TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(60), MaxResends: 1);

    /// <summary>Approved, with the monthly schedule set; nothing charged yet.</summary>
    public static PreapprovalEvent[] Open => [Requested(), Registered(), Opened(), Set()];

    /// <summary>Open, with another schedule or none.</summary>
    public static PreapprovalEvent[] OpenWith(ScheduleTerms? terms) =>
        terms is null ? [Requested(null), Registered(), Opened()] : [Requested(terms), Registered(), Opened(), Set(terms)];

    public static DateTimeOffset At(int month, int day, int hour = 12, int minute = 0) => new(2026, month, day, hour, minute, 0, TimeSpan.Zero);

    public static PreapprovalRequested Requested() => Requested(Monthly);

    public static PreapprovalRequested Requested(ScheduleTerms? schedule) => new(Id, Terms, Personal, schedule, null, Noon);

    public static PreapprovalRegistered Registered(LearntFrom from = LearntFrom.Answer) => new(Id, Shown(MandateStatus.Pending).Gateway, Terms, Personal, from, Noon);

    public static PreapprovalOpened Opened(LearntFrom from = LearntFrom.Notification, string? reference = null, DateTimeOffset? at = null) => new(Id, 2, "Open", reference, from, at ?? Noon);

    public static ScheduleSet Set(ScheduleTerms? terms = null, DateTimeOffset? at = null) =>
        new(Id, Schedule.Resolve(terms ?? Monthly, 1, at ?? Noon, SiteZone, null), at ?? Noon);

    public static CloseRequested CloseRequested(DateTimeOffset? at = null) => new(Id, at ?? Noon);

    public static PreapprovalClosed Closed(ClosedBy by, LearntFrom from, DateTimeOffset? at = null) => new(Id, by, 4, "ClosedByCustomer", from, at ?? Noon);

    public static ChangeRequested ChangeRequested(ScheduleTerms? schedule = null, DateTimeOffset? at = null) => new(Id, Dearer, Personal, schedule, null, at ?? Noon);

    public static PreapprovalChanged Changed(LearntFrom from = LearntFrom.Answer, MandateStatus status = MandateStatus.Open, DateTimeOffset? at = null) =>
        new(Id, Shown(status).Gateway, Dearer, Personal, from, at ?? Noon);

    /// <summary>The gateway's preapproval, as we asked for it.</summary>
    public static MandateReading Shown(MandateStatus status, string? reference = null, MandateTerms? terms = null) => new(
        status switch
        {
            MandateStatus.Open => new(5001, "20260301115900", 30201, 2, "Open", null),
            MandateStatus.Closed => new(5001, "20260301115900", 30201, 4, "ClosedByCustomer", null),
            _ => new(5001, "20260301115900", 30201, 1, "Pending", null),
        },
        status,
        terms ?? Terms,
        Personal with { MandateReference = reference });

    public static MandateAnswer Told(MandateStatus status, MandateTerms? terms = null) => new MandateAnswer.Told(Shown(status, terms: terms));

    public static MandateOutcomeUnknown Unknown(
        MandateOperation operation, string symptom, DateTimeOffset? next, int lookUps = 0, DateTimeOffset? at = null) =>
        new(Id, operation, symptom, lookUps, next, next is null ? "operator" : null, at ?? Noon);
}
