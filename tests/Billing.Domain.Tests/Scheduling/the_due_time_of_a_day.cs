using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Scheduling;

/// <summary>A site spreads what is due on one day over its hours.</summary>
[Keeps(Promise.NothingDueIsForgotten)]
public class the_due_time_of_a_day
{
    private static readonly ChargeWindow Hours = ChargeWindow.Parse("06:00-22:00")!;
    private static readonly SiteCalendar Spread = new(SiteZone, Hours);

    [Theory]
    [InlineData("22:00-06:00")]
    [InlineData("06:00-06:00")]
    [InlineData("6-22")]
    [InlineData("06:00")]
    [InlineData("always")]
    public void needs_a_window_that_ends_after_it_begins(string text) => Assert.Null(ChargeWindow.Parse(text));

    [Fact]
    public void is_always_the_same_for_one_preapproval_and_spread_evenly_over_many()
    {
        // Ids as they are made: in order of time, most bits alike.
        var start = DateTimeOffset.UnixEpoch.AddYears(56);
        var times = Enumerable.Range(0, 16_000)
            .Select(i => Hours.MillisecondOf(Guid.CreateVersion7(start.AddMilliseconds(i))))
            .ToList();

        Assert.Equal(Hours.MillisecondOf(Id), Hours.MillisecondOf(Guid.Parse(Id.ToString())));
        Assert.Equal(55073210, Hours.MillisecondOf(Id));
        Assert.All(times, time => Assert.InRange(time, 6 * 3_600_000, (22 * 3_600_000) - 1));
        Assert.All(times.GroupBy(time => time / 3_600_000), hour => Assert.InRange(hour.Count(), 850, 1150));
    }

    [Fact]
    public void is_set_with_the_schedule_and_moves_every_later_day_of_it()
    {
        var time = Hours.MillisecondOf(Id);

        Given(Requested(), Registered())
            .When(it => PreapprovalDecider.RecordMandate(
                it, Shown(MandateStatus.Open), [], LearntFrom.Notification, Spread, Noon))
            .Then(Opened(), Set(), new DueTimeSet(Id, 1, time, new DateOnly(2026, 3, 1), Noon));

        // The day of the opening begins at once: a new subscriber is charged at once, not in the evening.
        Given(Requested(), Registered(), Opened(), Set(), Confirmed(time)).Is(At(3, 1, 0), it => it.NextDue!.DueAt);
        Given(Requested(), Registered(), Opened(), Set(), Confirmed(time), Sent(March), Charged(March))
            .Is(At(4, 1, 0).AddMilliseconds(time), it => it.NextDue!.DueAt);
    }

    [Fact]
    public void ends_with_the_schedule_that_it_was_set_for() =>
        Given(Open, Confirmed(40_000_000), Sent(March), Charged(March), Set(at: At(3, 2)) with
        {
            Schedule = Schedule.Resolve(Monthly, 2, At(3, 2), SiteZone, new DateOnly(2026, 3, 1))
        }).Is(At(4, 1, 0), it => it.NextDue!.DueAt);

    [Theory]
    [InlineData("America/Sao_Paulo", "2018-11-04", 0, "2018-11-04T03:00:00Z")]
    [InlineData("Europe/Berlin", "2026-03-29", 9_000_000, "2026-03-29T01:00:00Z")]
    [InlineData("Europe/Berlin", "2026-10-25", 9_000_000, "2026-10-25T00:30:00Z")]
    [InlineData("Pacific/Apia", "2011-12-30", 30_000_000, "2011-12-30T10:00:00Z")]
    public void is_one_instant_also_where_the_clock_leaps(string zone, string day, int time, string expected) =>
        Assert.Equal(
            DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture),
            Preapproval.Fold(
                OpenWith(Monthly with { TimeZone = zone }).Aggregate((Preapproval?)null, Preapproval.Fold),
                new DueTimeSet(Id, 1, time, DateOnly.MinValue, Noon))
                .Schedule!.DueAt(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture)));

    private static DueTimeSet Confirmed(int time) => new(Id, 1, time, new DateOnly(2026, 3, 1), Noon);
}
