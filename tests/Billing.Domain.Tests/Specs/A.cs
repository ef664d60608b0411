using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Tests.Specs;

/// <summary>Example facts with fixed values, so that a failure is reproducible. Charges: A.Charges.cs.</summary>
public static partial class A
{
    public const string SiteZone = "UTC";
    public const int GatewayId = 5001;

    public static readonly Guid Id = Guid.Parse("0190a6c2-0000-7000-8000-000000000001");
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly Money Price = new(4990, "BRL");

    /// <summary>Real clock: the start of the send window of every intent.</summary>
    public static readonly DateTimeOffset Window = At(3, 1, 12, 1);

    public static readonly MandateTerms Terms = new("sub-1", 46, null, "Monthly plan", "BRL", null, 0, null, "BR");
    public static readonly MandateTerms Dearer = Terms with { Description = "Monthly plan, large" };

    public static readonly MandatePersonal Personal = new(
        Sealed<Customer>.Of(
            new(null, "customer-1", "ana@shop.example", "Ana", "Souza", null, null, null, null, null, null)),
        Sealed<Address>.Of(new(null, "Santos", null, null, null, null, null, null, "BR")),
        Text("https://shop.example/return?token=1"), null, null, null);

    /// <summary>Due on the 1st of each month from March 2026 on.</summary>
    public static readonly ScheduleTerms Monthly = new(
        Price.Minor, Price.Currency, 1, ScheduleUnit.Month, new DateOnly(2026, 3, 1));

    public static readonly LookUpPolicy LookUps = new(
        [TimeSpan.FromMinutes(5), TimeSpan.FromHours(1), TimeSpan.FromDays(1)], TimeSpan.FromMinutes(10),
        TimeSpan.FromSeconds(60), MaxResends: 1);

    /// <summary>Approved, with the monthly schedule set; nothing charged yet.</summary>
    public static PreapprovalEvent[] Open => [Requested(), Registered(), Opened(), Set()];

    /// <summary>Open, with another schedule or none.</summary>
    public static PreapprovalEvent[] OpenWith(ScheduleTerms? terms) =>
        terms is null
            ? [Requested(null), Registered(), Opened()]
            : [Requested(terms), Registered(), Opened(), Set(terms)];

    public static Sealed<string>? Text(string? text) => Sealed<string>.OfNullable(text);

    public static Sealed<IReadOnlyList<Difference>> Differences(params Difference[] all) =>
        Sealed<IReadOnlyList<Difference>>.Of(all);

    public static DateTimeOffset At(int month, int day, int hour = 12, int minute = 0) =>
        new(2026, month, day, hour, minute, 0, TimeSpan.Zero);

    public static PreapprovalRequested Requested() => Requested(Monthly);

    public static PreapprovalRequested Requested(ScheduleTerms? schedule) =>
        new(Id, Terms, Personal, schedule, null, Window, Noon);

    public static PreapprovalRegistered Registered(LearntFrom from = LearntFrom.Answer) =>
        new(Id, Shown(MandateStatus.Pending).Gateway, Terms, Personal, from, Noon);

    public static PreapprovalOpened Opened(
        LearntFrom from = LearntFrom.Notification, string? reference = null, DateTimeOffset? at = null) =>
        new(Id, 2, "Open", Text(reference), from, at ?? Noon);

    public static ScheduleSet Set(ScheduleTerms? terms = null, DateTimeOffset? at = null) =>
        new(Id, Schedule.Resolve(terms ?? Monthly, 1, at ?? Noon, SiteZone, null), at ?? Noon);

    public static CloseRequested CloseRequested(DateTimeOffset? at = null) => new(Id, Window, at ?? Noon);

    public static PreapprovalClosed Closed(ClosedBy by, LearntFrom from, DateTimeOffset? at = null) =>
        new(Id, by, 4, "ClosedByCustomer", from, at ?? Noon);

    public static ChangeRequested ChangeRequested(ScheduleTerms? schedule = null, DateTimeOffset? at = null) =>
        new(Id, Dearer, Personal, schedule, null, Window, at ?? Noon);

    public static PreapprovalChanged Changed(
        LearntFrom from = LearntFrom.Answer, MandateStatus status = MandateStatus.Open, DateTimeOffset? at = null) =>
        new(Id, Shown(status).Gateway, Dearer, Personal, from, at ?? Noon);

    /// <summary>The gateway's preapproval, as we asked for it.</summary>
    public static MandateSnapshot Shown(MandateStatus status, string? reference = null, MandateTerms? terms = null) =>
        new(
            status switch
            {
                MandateStatus.Open => new(GatewayId, "20260301115900", 30201, 2, "Open", null),
                MandateStatus.Closed => new(GatewayId, "20260301115900", 30201, 4, "ClosedByCustomer", null),
                _ => new(GatewayId, "20260301115900", 30201, 1, "Pending", null),
            },
            status,
            terms ?? Terms,
            Personal with { MandateReference = Text(reference) });

    public static MandateResult Confirmed(MandateStatus status, MandateTerms? terms = null) =>
        new MandateResult.Confirmed(Shown(status, terms: terms));

    /// <summary>Of a look-up: asked an hour after the send window began.</summary>
    public static MandateUpdate Update(MandateResult answer, LearntFrom from) =>
        new(answer, from, from is LearntFrom.LookUp ? Window.AddHours(1) : Window);

    public static MandateOutcomeUnknown Unknown(
        MandateOperation operation, string symptom, DateTimeOffset? next, int lookUps = 0, DateTimeOffset? at = null) =>
        new(Id, operation, symptom, lookUps, next, next is null ? "operator" : null, at ?? Noon);

    public static MandateCallResent Resent(MandateOperation operation, DateTimeOffset at) =>
        new(Id, operation, Window, at);
}
