using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Streams;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;
using Billing.Domain.Preapprovals;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Operating;

[Keeps(Promise.NothingDueIsForgotten)]
public class when_due_work_is_not_done
{
    [Fact]
    public async Task it_is_reported_with_what_to_do_next_and_is_gone_when_it_is_done()
    {
        await using var world = await World.StartAsync();
        var subscriber = await Subscriber.Open(world, Subscriber.Schedule(unit: "day", every: 10));
        var closing = await Subscriber.Open(world, Subscribers.Once());
        Assert.Null((await ReadyAsync(world))["overdue"]);

        // No node runs its jobs any more, and the process that was to send a close died before.
        await world.StopServiceAsync();
        await world.StartServiceAsync(new Dictionary<string, string?> { ["Jobs:Enabled"] = "false" });
        var now = await world.Sandbox.NowAsync();
        await world.Services.GetRequiredService<PreapprovalDecisions>().DecideAsync(
            "30201", closing.Id, new EventSource("test"),
            state => PreapprovalDecider.RequestClose(state!, now, DateTimeOffset.UtcNow.AddHours(-1)));
        await world.Sandbox.AdvanceAsync("P11D");

        await Waiting.Until(
            "it was reported",
            async () => (await ReadyAsync(world))["overdue"] is { } reported && (long)reported["decisions"]! == 1);
        var overdue = (await ReadyAsync(world))["overdue"]!;
        Assert.Equal(
            (1, 0, 1, 0, 0),
            (
                (long)overdue["decisions"]!, (long)overdue["lookUps"]!, (long)overdue["orphaned"]!,
                (long)overdue["messages"]!, (long)overdue["contradictions"]!));
        Assert.Equal((string)(await subscriber.View())["nextDue"]!["at"]!, (string)overdue["oldestDueAt"]!);
        Assert.Contains("does a node run with Jobs__Enabled", (string)overdue["nextSteps"]![0]!);
        Assert.Contains("a node that runs its jobs looks them up", (string)overdue["nextSteps"]![1]!);
        await Waiting.Until(
            "the gauge showed it",
            () => Task.FromResult(Measured(world) is var gauge && gauge["decisions"] == 1 && gauge["orphaned"] == 1));

        await world.StopServiceAsync();
        await world.StartServiceAsync();
        await Waiting.Until(
            "the close was looked up",
            async () => (string?)(await closing.View())["unsettled"]?["nextLookUpAt"] is not null);
        await world.UntilIdle();

        Assert.Null((await ReadyAsync(world))["overdue"]);
        Assert.Equal(["charged", "charged"], await subscriber.Statuses());
    }

    [Fact]
    public async Task an_unreadable_history_is_reported_and_stops_nothing_else()
    {
        await using var world = await World.StartAsync();
        await Subscriber.Open(world, Subscriber.Schedule());
        await world.QueryAsync<object>("update mt_events set type = 'of_another_time', mt_dotnet_type = "
            + "'Of.Another.Time, Billing.Domain' where type = 'schedule_set'");
        var another = await Subscriber.Open(world, Subscriber.Schedule());

        await Waiting.Until(
            "it was reported",
            async () => (await ReadyAsync(world))["overdue"] is { } overdue && (long)overdue["contradictions"]! == 1);

        Assert.Equal(["charged"], await another.Statuses());
        Assert.Contains("billing audit verify", (string)(await ReadyAsync(world))["overdue"]!["nextSteps"]![0]!);
    }

    private static async Task<JsonNode> ReadyAsync(World world) =>
        JsonNode.Parse(await world.Anonymous.GetStringAsync("health/ready"))!;

    // As an exporter reads it.
    private static Dictionary<string, long> Measured(World world)
    {
        var meters = world.Services.GetRequiredService<IMeterFactory>();
        var measured = new Dictionary<string, long> { ["decisions"] = -1, ["orphaned"] = -1 };
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, it) =>
            {
                if (instrument.Meter.Scope == meters
                    && instrument.Meter.Name == BillingMeter.Name && instrument.Name == "billing.overdue")
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
