using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

public class when_looking_ahead
{
    private static readonly PreapprovalEvent[] Charged1 = [.. Open, Sent(March), Charged(March)];

    [Fact]
    public void the_next_due_dates_come_with_their_instants_and_amounts() =>
        Ahead(Charged1, 2, ["2026-04-01 1 2026-04-01T00:00Z 4990 ", "2026-05-01 1 2026-05-01T00:00Z 4990 "], null);

    [Fact]
    public void what_the_merchant_skipped_says_so_until_its_day_has_come()
    {
        PreapprovalEvent[] skipped = [.. Charged1, new PeriodSkipped(Id, April.Period!.Value, Noon)];

        Ahead(
            skipped, 2, ["2026-04-01 1 2026-04-01T00:00Z 4990 skipped", "2026-05-01 1 2026-05-01T00:00Z 4990 "], null);
        Ahead(skipped, 1, ["2026-05-01 1 2026-05-01T00:00Z 4990 "], null, At(4, 1));
    }

    [Fact]
    public void a_pause_would_skip_them_as_things_stand() =>
        Ahead([.. Charged1, new SchedulePaused(Id, Noon)], 1, ["2026-04-01 1 2026-04-01T00:00Z 4990 paused"], null);

    [Fact]
    public void a_retry_comes_in_its_place_and_with_the_amount_of_its_period() =>
        Ahead(
            [.. Open, Sent(March), Failed(March), RetryOf(MarchAgain, At(3, 5))], 2,
            ["2026-03-01 2 2026-03-05T12:00Z 4990 ", "2026-04-01 1 2026-04-01T00:00Z 4990 "], null);

    [Fact]
    public void what_waits_names_what_it_waits_for() =>
        Given(Open, Sent(March), Unknown(March), Deferred(April, March, At(4, 1)))
            .Is(March.MerchantTransactionId, it => Forecast.Of(it, 1, SiteZone, At(4, 2)).Upcoming[0].BlockedBy);

    [Fact]
    public void what_was_missed_follows_the_catch_up_rule() =>
        Ahead(
            Charged1, 3, [
                "2026-04-01 1 2026-04-01T00:00Z 4990 superseded", "2026-05-01 1 2026-05-01T00:00Z 4990 ",
                "2026-06-01 1 2026-06-01T00:00Z 4990 "
            ], null, At(5, 15));

    [Fact]
    public void a_schedule_that_ends_says_when()
    {
        PreapprovalEvent[] ending = [.. OpenWith(Monthly with { Periods = 3 }), Sent(March), Charged(March)];

        Ahead(
            ending, 9, ["2026-04-01 1 2026-04-01T00:00Z 4990 ", "2026-05-01 1 2026-05-01T00:00Z 4990 "],
            "schedule_ended");
        Given(ending).Is(
            (new DateOnly(2026, 5, 1), null),
            it => (Forecast.Of(it, 2, SiteZone, Noon).LastDueOn, Forecast.Of(it, 1, SiteZone, Noon).End));
    }

    [Fact]
    public void before_the_customer_has_approved_it_tells_what_approving_now_would_mean()
    {
        var asked = Given(Requested(Monthly with { FirstDueOn = null, TimeZone = "Asia/Seoul" }), Registered());

        asked.Is(
            (true, new DateOnly(2026, 3, 2)),
            it => (
                Forecast.Of(it, 1, SiteZone, At(3, 1, 20)).AssumesOpenedNow,
                Forecast.Of(it, 1, SiteZone, At(3, 1, 20)).Upcoming[0].Period.DueOn));
    }

    [Fact]
    public void nothing_follows_a_close_or_the_lack_of_a_schedule()
    {
        Ahead([.. Charged1, CloseRequested()], 3, [], "closing");
        Ahead(OpenWith(null), 3, [], "no_schedule");
        Ahead([Requested(null), Registered()], 3, [], "no_schedule");
    }

    [Fact]
    public void a_change_that_waits_for_the_gateway_is_announced() =>
        Given(Charged1, ChangeRequested(Monthly)).Is(true, it => Forecast.Of(it, 1, SiteZone, Noon).ChangeUnderWay);

    // What it shows next is what will be decided next.
    [Fact]
    public void it_agrees_with_what_falls_due() =>
        Given(Open).Is(true, it => Forecast.Of(it, 1, SiteZone, Noon).Upcoming[0] is var first
            && new DueCharge(first.Period, first.Attempt, first.DueAt) == it.NextDue);

    private static void Ahead(
        PreapprovalEvent[] history, int count, string[] expected, string? end, DateTimeOffset? now = null) =>
        Given(history).Is(
            string.Join('\n', [.. expected, $"end: {end}"]),
            it => Forecast.Of(it, count, SiteZone, now ?? Noon) is var seen
                ? string.Join(
                    '\n',
                    [.. seen.Upcoming.Select(one => $"{one.Period.DueOn:yyyy-MM-dd} {one.Attempt} "
                        + $"{one.DueAt:yyyy-MM-ddTHH:mm}Z {one.Amount.Minor} {one.SkipReason}"), $"end: {seen.End}"])
                : null);
}
