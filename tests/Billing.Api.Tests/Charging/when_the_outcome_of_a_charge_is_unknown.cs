using System.Text.Json.Nodes;
using Billing.Api.Charges;
using Billing.Api.Operations;
using Billing.Api.Reconciliation;
using Billing.Api.Tests.Specs;
using Billing.Domain.Preapprovals;
using Marten;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Charging;

[Keeps(Promise.UnknownIsAState)]
public class when_the_outcome_of_a_charge_is_unknown(UnknownOutcomes outcomes) : IClassFixture<UnknownOutcomes>
{
    [Theory]
    [InlineData("act_then_timeout", "timeout")]
    [InlineData("act_then_reset", "connection_lost")]
    [InlineData("act_then_500", "http_500")]
    [InlineData("garbled", "garbled")]
    [InlineData("html", "garbled")]
    [InlineData("wrong_amount", "mismatch_amount")]
    [InlineData("unknown_status", "status_99")]
    public async Task what_the_gateway_did_is_found_by_the_first_look_up(string way, string symptom)
    {
        var (unknown, found, _) = outcomes.Payments[way];

        Assert.True(Is(unknown, "unknown", symptom: symptom), unknown.ToJsonString());
        Assert.True(Is(found, "charged", learntFrom: "look_up"), found.ToJsonString());
        Assert.Equal(1, await ReceivedAsync(way));
        await Witness.OneTruthAsync(outcomes.World, outcomes[way]);
    }

    [Theory]
    [InlineData("timeout", "timeout")]
    [InlineData("reset", "connection_lost")]
    [InlineData("error_500", "http_500")]
    [InlineData("rate_limited", "http_429")]
    public async Task what_the_gateway_did_not_do_is_sent_again_once_and_only_when_silence_proves_it(
        string way, string symptom)
    {
        var (unknown, early, late) = outcomes.Payments[way];

        Assert.True(Is(unknown, "unknown", symptom: symptom), unknown.ToJsonString());
        Assert.True(Is(early, "unknown", symptom: "not_found_yet"), early.ToJsonString());
        Assert.True(Is(late, "charged", learntFrom: "answer"), late.ToJsonString());
        Assert.Equal(2, await ReceivedAsync(way));
        Assert.Single(await outcomes[way].EventsOf("charge_resent"));
        await Witness.OneTruthAsync(outcomes.World, outcomes[way]);
    }

    [Theory]
    [InlineData("hidden_once", "not_found_yet")]
    [InlineData("not_askable_once", "http_500")]
    public async Task a_look_up_that_does_not_find_it_sends_nothing_and_the_next_one_finds_it(
        string way, string symptom)
    {
        var (_, early, late) = outcomes.Payments[way];

        Assert.True(Is(early, "unknown", symptom: symptom), early.ToJsonString());
        Assert.True(Is(late, "charged", learntFrom: "look_up"), late.ToJsonString());
        Assert.Equal(1, await ReceivedAsync(way));
        await Witness.OneTruthAsync(outcomes.World, outcomes[way]);
    }

    // The clock of this world goes on, within the day: the others look at what was seen before.
    [Fact]
    public async Task what_was_sent_again_is_looked_up_like_what_was_sent_once()
    {
        var subscriber = await outcomes.World.OpenMeeting("error_500");
        await subscriber.Misbehave("charge", "act_then_500");
        await outcomes.World.UntilIdle();

        foreach (var duration in (string[])["PT7M", "PT65M", "PT7M"])
        {
            await outcomes.World.AdvanceAsync(duration);
        }

        Assert.True(Is(Assert.Single(await subscriber.Payments()), "charged", learntFrom: "look_up"));
        Assert.Equal(
            [
                "payment_outcome_unknown", "payment_outcome_unknown", "charge_resent", "payment_outcome_unknown",
                "payment_charged"
            ],
            (await subscriber.Story())[^5..]);
        await Witness.OneTruthAsync(outcomes.World, subscriber);
    }

    [Fact]
    public void a_status_that_we_do_not_know_is_kept_and_shown() =>
        Assert.Equal(99, (int)outcomes.Payments["unknown_status"].Unknown["gatewayStatusId"]!);

    [Fact]
    public async Task a_look_up_of_a_state_that_has_been_looked_up_meanwhile_is_not_recorded()
    {
        var subscriber = await outcomes.World.OpenMeeting("act_then_500");
        await subscriber.Misbehave("find", "error_500", times: null);
        await outcomes.World.UntilIdle();
        var id = subscriber.ChargeId($"{await outcomes.World.Sandbox.NowAsync():yyMMdd}");
        await using var session = outcomes.World.Services.GetRequiredService<IDocumentStore>().QuerySession("30201");
        var stale = (await session.LoadAsync<Preapproval>(subscriber.Id))!;
        await outcomes.World.AdvanceAsync("PT7M");
        var story = await subscriber.Story();

        await outcomes.World.Services.GetRequiredService<ChargeCalls>()
            .LookUpAsync("30201", stale, id, Assert.Single(stale.OpenCalls).Call, default);

        Assert.Equal(story, await subscriber.Story());
    }

    [Fact]
    public async Task a_period_that_falls_due_meanwhile_is_deferred_and_decided_as_soon_as_the_first_is_known()
    {
        var story = (await outcomes.Daily.Story()).SkipWhile(type => type != "schedule_set").Skip(1)
            .Where(type => type != "payment_outcome_unknown");

        Assert.Equal(
            ["charge_requested", "charge_deferred", "payment_charged", "charge_requested", "payment_charged"], story);
        Assert.Equal(["2030-01-10", "2030-01-11"], await outcomes.Daily.ChargedOn());
        await Witness.OneTruthAsync(outcomes.World, outcomes.Daily);
    }

    [Fact]
    public async Task it_gets_an_owner_when_look_ups_are_used_up_and_the_gateway_overrules_the_owner()
    {
        var subscriber = outcomes["never_askable"];
        var (_, _, spent) = outcomes.Payments["never_askable"];
        Assert.True(
            Is(spent, "unknown") && (string?)spent["owner"] == "operator" && spent["nextLookUpAt"] is null,
            spent.ToJsonString());

        Assert.True(Is(await outcomes.OverruleOperatorAsync(), "failed", symptom: "set_by_operator"));

        Assert.Equal(["charged"], await subscriber.Statuses());
        Assert.Equal("charged", (string)Assert.Single(await subscriber.EventsOf("retries_exhausted"))["Reason"]!);
        await Witness.OneTruthAsync(outcomes.World, subscriber);
    }

    [Theory]
    [InlineData("asked_in_vain", "unknown", "operator")]
    [InlineData("denied", "stopped", null)]
    public async Task a_comparison_with_the_gateway_finds_what_no_look_up_found(
        string way, string status, string? owner)
    {
        await outcomes.OverruleOperatorAsync();
        var spent = outcomes.Payments[way].AskedTwice;
        Assert.Equal((status, owner), ((string)spent["status"]!, (string?)spent["owner"]));
        await outcomes.World.Sandbox.BehaveAsync();
        var now = await outcomes.World.Sandbox.NowAsync();

        await outcomes.World.CompareAsync(
            ReconciliationSchedule.Begin("30201", now.AddDays(-7), now, heal: true, "test"));

        Assert.Equal(
            ["drift_found", "payment_charged", "drift_healed"],
            (await outcomes[way].Story()).Intersect(["drift_found", "payment_charged", "drift_healed"]));
        await Witness.OneTruthAsync(outcomes.World, outcomes[way]);
    }

    private static bool Is(JsonNode payment, string status, string? symptom = null, string? learntFrom = null) =>
        ((string?)payment["status"], (string?)payment["symptom"], (string?)payment["learntFrom"]) == (status, symptom
            ?? (string?)payment["symptom"], learntFrom ?? (string?)payment["learntFrom"]);

    private Task<int> ReceivedAsync(string way) =>
        outcomes[way].Received((string)outcomes.Payments[way].Unknown["merchantTransactionId"]!);
}
