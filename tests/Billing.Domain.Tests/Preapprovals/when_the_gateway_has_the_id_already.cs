using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using static Billing.Domain.Tests.Specs.A;
using static Billing.Domain.Tests.Specs.Spec;

namespace Billing.Domain.Tests.Preapprovals;

// Code 109, or a mandate found by a list scan: whether it may be taken for the one that we asked for.
public class when_the_gateway_has_the_id_already
{
    private static readonly PreapprovalEvent[] TimedOut =
        [Requested(), Unknown(MandateOperation.Create, "timeout", Noon)];
    private static readonly PreapprovalEvent[] SentAgain = [.. TimedOut, Resent(MandateOperation.Create, Noon)];
    private static readonly MandateSnapshot Pending = Shown(MandateStatus.Pending);

    public static TheoryData<MandateSnapshot, string?> Others => new()
    {
        { Pending with { Terms = Terms with { MethodId = 84 } }, null },
        { Pending with { Terms = Terms with { Currency = "USD" } }, null },
        { Pending with { Terms = Terms with { Currency = null } }, null },
        { Pending with { Terms = Terms with { MaximumAmountHundredths = 1 } }, null },
        { Pending with { Terms = Terms with { Country = "ID" } }, null },
        { Pending with { Terms = Terms with { Country = null } }, null },
        { Pending with { Personal = Pending.Personal with { Customer = null } }, null },
        { Pending, "customer.email" },
        { Pending, "billing_address.country" },
        { CreatedAt("20260228115959"), null },
        { CreatedAt(null), null },
        { CreatedAt("2026-03-01 11:59"), null },
        { Pending with { Status = null }, null },
    };

    [Fact]
    public void a_pending_one_in_which_all_agrees_is_adopted() =>
        Given(Requested()).When(it => Duplicate(it, Pending)).Then(Registered(LearntFrom.LookUp));

    [Fact]
    public void other_differences_are_kept_as_drift() =>
        Given(Requested())
            .When(it => Duplicate(it, Pending, "description"))
            .Then(Registered(LearntFrom.LookUp), new DriftFound(
                Id, ["description"], Differences(new Difference("description", "a", "b")), LearntFrom.LookUp, Noon));

    [Fact]
    public void one_made_up_to_a_day_before_is_ours_because_its_time_zone_is_unknown() =>
        Given(Requested()).When(it => Duplicate(it, CreatedAt("20260228120000")))
            .Then(Registered(LearntFrom.LookUp) with { Gateway = CreatedAt("20260228120000").Gateway });

    [Theory]
    [MemberData(nameof(Others))]
    public void anything_else_is_another_ones(MandateSnapshot shown, string? difference)
    {
        Given(Requested()).When(it => Duplicate(it, shown, difference))
            .Then(new PreapprovalRefused(Id, "109", null, Noon));
        Given(SentAgain).When(it => Duplicate(it, shown, difference))
            .ThenOnce(Unknown(MandateOperation.Create, "duplicate", null));
        Given(TimedOut).When(it => Found(it, shown, difference))
            .ThenOnce(Unknown(MandateOperation.Create, "mismatch", null, lookUps: 1));
    }

    [Fact]
    public void one_that_is_open_although_our_first_create_was_refused_is_never_adopted() =>
        Given(Requested()).When(it => Duplicate(it, Shown(MandateStatus.Open)))
            .Then(new PreapprovalRefused(Id, "109", null, Noon));

    [Fact]
    public void one_that_is_open_after_an_earlier_send_of_ours_is_adopted()
    {
        var registered = Registered(LearntFrom.LookUp) with { Gateway = Shown(MandateStatus.Open).Gateway };

        Given(SentAgain).When(it => Duplicate(it, Shown(MandateStatus.Open)))
            .Then(registered, Opened(LearntFrom.LookUp), Set());
        Given(TimedOut).When(it => Found(it, Shown(MandateStatus.Open)))
            .Then(registered, Opened(LearntFrom.LookUp), Set());
        Given(Requested()).When(it => Found(it, Shown(MandateStatus.Open)))
            .Then(registered, Opened(LearntFrom.LookUp), Set());
    }

    [Fact]
    public void one_that_no_look_up_shows_refuses_the_first_create_and_leaves_a_later_one_to_an_owner()
    {
        Given(Requested()).When(it => Duplicate(it, null)).Then(new PreapprovalRefused(Id, "109", null, Noon));
        Given(SentAgain).When(it => Duplicate(it, null)).ThenOnce(Unknown(MandateOperation.Create, "duplicate", null));
    }

    [Fact]
    public void a_forgotten_customer_cannot_be_compared() =>
        Given(Requested(), new CustomerForgotten(Id, Noon)).When(it => Duplicate(it, Pending))
            .Then(new PreapprovalRefused(Id, "109", null, Noon));

    [Fact]
    public void what_was_asked_about_an_earlier_send_decides_nothing() =>
        Given(SentAgain)
            .When(it => PreapprovalDecider.RecordCreate(
                it, new(new MandateResult.NotFound(), LearntFrom.LookUp, At(4, 1), Send: 1), LookUps, SiteZone,
                At(4, 1), Window))
            .ThenNothing();

    private static MandateSnapshot CreatedAt(string? digits) =>
        Pending with { Gateway = Pending.Gateway with { Created = digits } };

    private static PreapprovalEvent[] Duplicate(Preapproval it, MandateSnapshot? found, string? difference = null) =>
        Record(
            it,
            new(
                new MandateResult.Duplicate(), LearntFrom.Answer, Window, Differences: Differing(difference),
                Found: found));

    private static PreapprovalEvent[] Found(Preapproval it, MandateSnapshot found, string? difference = null) =>
        Record(
            it, new(new MandateResult.Confirmed(found), LearntFrom.LookUp, Window, Differences: Differing(difference)));

    private static PreapprovalEvent[] Record(Preapproval it, MandateUpdate update) =>
        PreapprovalDecider.RecordCreate(it, update, LookUps, SiteZone, Noon, Window);

    private static Difference[] Differing(string? field) => field is null ? [] : [new Difference(field, "a", "b")];
}
