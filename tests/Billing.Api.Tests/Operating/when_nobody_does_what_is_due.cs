using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Health;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Operating;

public class when_nobody_does_what_is_due
{
    [Fact]
    public async Task it_is_told_with_what_to_do_next_and_is_gone_when_it_is_done()
    {
        await using var world = await World.StartAsync();
        var subscriber = await Subscriber.Open(world, Subscriber.Schedule(unit: "day", every: 10));
        Assert.Null((await ReadyAsync(world))["overdue"]);

        // The sweep, the resolver and whoever does the messages are gone. A create is asked for, and its message is lost.
        await world.StopServiceAsync();
        await world.StartServiceAsync(new Dictionary<string, string?> { ["Jobs:Enabled"] = "false", ["Charging:AnswerWithinSeconds"] = "1" });
        Assert.Equal(HttpStatusCode.GatewayTimeout, (await world.Storefront.PostBodyAsync("v1/preapprovals", Subscriber.Request("sub-lost"))).Status);
        Assert.Null((await ReadyAsync(world))["overdue"]);
        await world.AskBooksAsync<object>("delete from messages");
        await world.Sandbox.AdvanceAsync("P11D");

        await Books.Until("it was told", async () => (await ReadyAsync(world))["overdue"] is { } told && (long)told["decisions"]! == 1);
        var overdue = (await ReadyAsync(world))["overdue"]!;
        Assert.Equal((1, 0, 1, 0, 0), ((long)overdue["decisions"]!, (long)overdue["lookUps"]!, (long)overdue["ofNobody"]!, (long)overdue["messages"]!, (long)overdue["contradictions"]!));
        Assert.Equal((string)(await subscriber.View())["nextDue"]!["at"]!, (string)overdue["oldestDueAt"]!);
        Assert.Contains("does a node run with Jobs__Enabled", (string)overdue["nextSteps"]![0]!);
        Assert.Contains("the resolver of a node that runs its jobs takes them up", (string)overdue["nextSteps"]![1]!);
        await Books.Until("the gauge showed it", () => Task.FromResult(Measured(world) is var gauge && gauge["decisions"] == 1 && gauge["of_nobody"] == 1));

        // A claim that may still be at work is younger than this one is made: to save the time.
        await world.AskBooksAsync<object>("update mt_streams set timestamp = timestamp - interval '10 minutes'");
        await world.StopServiceAsync();
        await world.StartServiceAsync();
        await Books.Until("the lost create was asked about", async () => (string?)(await world.AskBooksAsync<string>("select unsettled_operation from subscriptions where merchant_preapproval_id = 'sub-lost' and next_look_up_at is not null")) == "create");
        await world.UntilIdle();

        Assert.Null((await ReadyAsync(world))["overdue"]);
        Assert.Equal(["charged", "charged"], await subscriber.Statuses());
    }

    [Fact]
    public async Task a_history_that_does_not_read_is_told_and_stops_nobody()
    {
        await using var world = await World.StartAsync();
        await Subscriber.Open(world, Subscriber.Schedule());
        await world.AskBooksAsync<object>("update mt_events set type = 'of_another_time' where type = 'schedule_set'");
        var another = await Subscriber.Open(world, Subscriber.Schedule());

        await Books.Until("it was told", async () => (await ReadyAsync(world))["overdue"] is { } told && (long)told["contradictions"]! == 1);

        Assert.Equal(["charged"], await another.Statuses());
        Assert.Contains("billing audit verify", (string)(await ReadyAsync(world))["overdue"]!["nextSteps"]![0]!);
    }

    private static async Task<JsonNode> ReadyAsync(World world) => JsonNode.Parse(await world.Anonymous.GetStringAsync("health/ready"))!;

    // As an exporter reads it.
    private static Dictionary<string, long> Measured(World world)
    {
        var meters = world.Services.GetRequiredService<IMeterFactory>();
        var measured = new Dictionary<string, long> { ["decisions"] = -1, ["of_nobody"] = -1 };
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, it) =>
            {
                if (instrument.Meter.Scope == meters && instrument.Meter.Name == Watchdog.MeterName && instrument.Name == "billing.overdue")
                {
                    it.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => measured[(string)tags[0].Value!] = value);
        listener.Start();
        listener.RecordObservableInstruments();

        return measured;
    }
}
