using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using static Billing.Domain.Preapprovals.PreapprovalDecider;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

public class when_the_gateway_shows_a_mandate
{
    private static readonly PreapprovalAbandoned Abandoned = new(Id, Noon);

    public static TheoryData<PreapprovalEvent[], MandateStatus> StaleUpdates => new()
    {
        { [Requested(), Registered()], MandateStatus.Pending },
        { Open, MandateStatus.Pending },
        { Open, MandateStatus.Open },
        { [.. Open, CloseRequested()], MandateStatus.Open },
        { [.. Open, Closed(ClosedBy.Customer, LearntFrom.Notification)], MandateStatus.Pending },
        { [.. Open, Closed(ClosedBy.Customer, LearntFrom.Notification)], MandateStatus.Open },
        { [.. Open, Closed(ClosedBy.Customer, LearntFrom.Notification)], MandateStatus.Closed },
        { [Requested(), Registered(), Abandoned], MandateStatus.Pending },
    };

    [Fact]
    public void open_sets_the_schedule_that_was_asked_for() =>
        Given(Requested(), Registered())
            .When(it => Seen(it, Shown(MandateStatus.Open)))
            .Then(Opened(), Set());

    [Fact]
    public void open_without_a_schedule_sets_none() =>
        Given(Requested(null), Registered())
            .When(it => Seen(it, Shown(MandateStatus.Open)))
            .Then(Opened());

    [Fact]
    public void a_schedule_without_a_first_day_starts_on_the_sites_day_of_the_opening() =>
        Given(Requested(Monthly with { FirstDueOn = null }), Registered())
            .When(it => RecordMandate(
                it, Shown(MandateStatus.Open), [], LearntFrom.Notification, "Asia/Seoul", At(3, 1, 23)))
            .Then(
                Opened(at: At(3, 1, 23)),
                new ScheduleSet(
                    Id, Schedule.Resolve(
                        Monthly with { FirstDueOn = new(2026, 3, 2), TimeZone = "Asia/Seoul" }, 1, Noon, SiteZone,
                        null), At(3, 1, 23)));

    [Theory]
    [MemberData(nameof(StaleUpdates))]
    public void an_update_that_is_not_higher_changes_nothing(PreapprovalEvent[] history, MandateStatus status) =>
        Given(history)
            .When(it => Seen(it, Shown(status)))
            .ThenNothing();

    [Fact]
    public void a_mandate_that_was_given_up_is_revived_by_the_customer() =>
        Given(Requested(), Registered(), Abandoned)
            .When(it => Seen(it, Shown(MandateStatus.Open)))
            .Then(Opened(), Set());

    [Fact]
    public void open_while_we_are_closing_does_not_stop_the_close()
    {
        PreapprovalEvent[] history = [Requested(), Registered(), CloseRequested()];

        Given(history).When(it => Seen(it, Shown(MandateStatus.Open))).Then(Opened(), Set());
        Given(history, Opened(), Set()).Is(PreapprovalStatus.Closing, it => it.Status);
    }

    [Fact]
    public void closed_without_our_asking_was_the_customer() =>
        Given(Open)
            .When(it => Seen(it, Shown(MandateStatus.Closed), At(2, 28)))
            .Then(Closed(ClosedBy.Customer, LearntFrom.Notification, At(2, 28)));

    [Fact]
    public void closed_after_our_asking_was_the_merchant_whatever_the_gateway_calls_it() =>
        Given(OpenWith(null), CloseRequested())
            .When(it => Seen(it, Shown(MandateStatus.Closed)))
            .Then(Closed(ClosedBy.Merchant, LearntFrom.Notification));

    [Fact]
    public void closed_before_it_was_ever_open_ends_it() =>
        Given(Requested(), Registered())
            .When(it => Seen(it, Shown(MandateStatus.Closed)))
            .Then(Closed(ClosedBy.Customer, LearntFrom.Notification));

    [Fact]
    public void the_mandate_reference_comes_with_the_opening()
    {
        Given(Requested(null), Registered()).When(it => Seen(it, Shown(MandateStatus.Open, "GDDY12NL3")))
            .Then(Opened(reference: "GDDY12NL3"));
        Given(Requested(null), Registered(), Opened(reference: "GDDY12NL3"))
            .Is("GDDY12NL3", it => it.Personal?.MandateReference?.Value);
    }

    [Fact]
    public void differences_are_kept_as_drift_once_and_never_applied()
    {
        Difference[] differences = [new("currency", "BRL", null), new("billing_address.country", "BR", "ID")];
        var reading = Shown(MandateStatus.Open, terms: Terms with { Currency = null });
        var drift = new DriftFound(
            Id, ["currency", "billing_address.country"], Differences(differences), LearntFrom.Notification, Noon);

        Given(Requested(), Registered())
            .When(it => RecordMandate(it, reading, differences, LearntFrom.Notification, SiteZone, Noon))
            .Then(Opened(), Set(), drift);

        Given(Requested(), Registered(), Opened(), Set(), drift).Is("BRL", it => it.Terms.Currency);

        Given(Open, drift)
            .When(it => RecordMandate(
                it, reading, [.. differences, new("description", "a", "b")], LearntFrom.Notification, SiteZone, Noon))
            .Then(new DriftFound(
                Id, ["description"], Differences(new Difference("description", "a", "b")), LearntFrom.Notification,
                Noon));
    }

    [Fact]
    public void drift_that_healed_may_be_found_again() =>
        Given(
            Open, new DriftFound(Id, ["currency"], null, LearntFrom.LookUp, Noon),
            new DriftHealed(Id, ["currency"], Noon))
            .When(it => RecordMandate(
                it, Shown(MandateStatus.Open), [new("currency", "BRL", "USD")], LearntFrom.LookUp, SiteZone, Noon))
            .Then(new DriftFound(
                Id, ["currency"], Differences(new Difference("currency", "BRL", "USD")), LearntFrom.LookUp, Noon));

    private static PreapprovalEvent[] Seen(Preapproval it, MandateSnapshot reading, DateTimeOffset? at = null) =>
        RecordMandate(it, reading, [], LearntFrom.Notification, SiteZone, at ?? Noon);
}
