using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Billing.Api.Hosting;
using Billing.Api.Operations.TransparencyLog;
using Billing.Api.Tests.Specs;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Auditing;

/// <summary>The order of the log, and what appears behind its end.</summary>
[Keeps(Promise.HistoryIsProvenAndPeopleAreForgotten)]
public class when_events_are_logged
{
    private const int Writers = 32;
    private const int EventsEach = 40;

    [Fact]
    public async Task a_reader_of_the_feed_under_32_writers_misses_nothing_and_sees_nothing_twice()
    {
        await using var world = await World.StartAsync();
        var writing = Task.WhenAll(Enumerable.Range(0, Writers)
            .Select(seed => LogWriters.WriteAsync(world.DataSource, seed, tries => tries < EventsEach)));
        var (seen, next) = (new List<JsonNode>(), 0L);

        await Specs.Waiting.Until("the feed gave every event", async () =>
        {
            var page = (await world.Storefront.ReadAsync($"v1/feed?after={next}&limit=50")).Json;
            seen.AddRange(page["events"]!.AsArray()!);
            next = (long)page["next"]!;

            return writing.IsCompleted && (long)page["lag"]!["positions"]! == 0
                && seen.Count >= (await writing).Sum(one => one.Count);
        });

        Assert.Equal((await writing).SelectMany(one => one).Order(), seen.Select(e => (Guid)e["id"]!).Order());
        Assert.Equal(seen.Select(e => (long)e["position"]!).Order(), seen.Select(e => (long)e["position"]!));
        Assert.All(seen.GroupBy(e => (Guid)e["subscriptionId"]!), stream => Assert.Equal(
            Enumerable.Range(1, stream.Count()).Select(version => (long)version),
            stream.Select(e => (long)e["version"]!)));
        await world.AssertWholeAsync();
    }

    [Fact]
    public async Task an_event_that_appears_behind_the_end_of_the_log_gets_the_next_position_and_raises_the_alarm()
    {
        await using var world = await World.StartAsync();
        await Subscriber.Open(world, Subscriber.Schedule());
        await world.UntilIdle();
        await world.UntilLoggedAsync();
        Assert.Empty((await StatusAsync(world))["alarms"]!.AsArray());
        var end = await world.QueryAsync<long>("select max(position) from log_entries");

        // The duty runs every minute, and when a node starts.
        await world.StopServiceAsync();
        var stream = await InsertAsync(world, sequence: 0);
        await world.StartServiceAsync();
        await world.UntilLoggedAsync();
        Assert.Equal(0, await world.Services.GetRequiredService<LateEntryCheck>().RunOnceAsync(default));

        Assert.True(await world.QueryAsync<bool>(
            "select seq_id = 0 and late from log_entries where position = $1", end + 1));
        Assert.Equal(end + 1, await world.QueryAsync<long>("select max(position) from log_entries"));
        var status = await StatusAsync(world);
        Assert.Equal((1, 1), ((int)status["lateEntries"]!, status["alarms"]!.AsArray().Count));
        await Specs.Waiting.Until(
            "the late entry is measured", () => Task.FromResult(Measured(world)["billing.log.late_entries"] == 1));
        Assert.True(Measured(world).ContainsKey("billing.log.lag"));

        // The audit looks through the whole history.
        await InsertAsync(world, sequence: -2_000_000);
        (await world.Billing("audit", "verify")).Ended(1)
            .With($"stream 30201/{stream} version 100000: Event ").With($" appeared late: it is log entry {end + 1}.")
            .With($" appeared late: it is log entry {end + 2}.").With($"Late log entry {end + 2}: ");
    }

    [Fact]
    public async Task events_that_were_inserted_at_the_end_are_found_by_the_version_of_stream_or_view()
    {
        await using var world = await World.StartAsync();
        await Subscriber.Open(world);
        await Subscriber.Open(world, Subscriber.Schedule());
        await world.UntilIdle();

        var sequence = await world.QueryAsync<long>("select nextval('mt_events_sequence')");
        var stream = await InsertAsync(world, sequence);
        var raised = await InsertWithItsVersionAsync(world);
        await world.UntilLoggedAsync();

        (await world.Billing("audit", "verify")).Ended(1)
            .With($"stream 30201/{stream} version {100_000 - sequence}: The event lies beyond the stream's version.")
            .With($"stream 30201/{raised}: A document of subscriptions differs from replay in Version.")
            .Without(" appeared late");
    }

    [Fact]
    public async Task a_log_that_is_not_written_is_reported_as_behind()
    {
        await using var world = await World.StartAsync(
            settings: new Dictionary<string, string?> { ["Jobs:Enabled"] = "false" });
        await LogWriters.WriteAsync(world.DataSource, 1, tries => tries < 3);

        await Specs.Waiting.Until("the lag raises the alarm", async () =>
            (await StatusAsync(world))["alarms"]!.AsArray().Count == 1
            && Measured(world).GetValueOrDefault("billing.log.lag") >= 5);

        (await world.Billing("audit", "verify")).With("The log is 3 events behind: they were not compared with it.");
    }

    private static async Task<JsonNode> StatusAsync(World world) =>
        JsonNode.Parse(await world.Anonymous.GetStringAsync("health/ready"))!["log"]!;

    // An event that changes nothing in a view, and the version of its stream with it.
    private static Task<Guid> InsertWithItsVersionAsync(World world) => world.QueryAsync<Guid>(
        """
        with stream as (
            update mt_streams set version = version + 1
            where id = (select stream_id from mt_events where type <> 'tombstone' order by seq_id limit 1)
            returning id, version)
        insert into mt_events select (jsonb_populate_record(e, jsonb_build_object(
            'seq_id', nextval('mt_events_sequence'), 'id', gen_random_uuid(), 'version', stream.version,
            'type', 'mandate_set_by_operator', 'data', jsonb_build_object(
                'Operation', 'Close', 'Outcome', 'Done', 'By', 'maria', 'PreapprovalId', stream.id,
                'HappenedAt', e.data -> 'HappenedAt')))).*
        from stream join mt_events e on e.stream_id = stream.id and e.version = stream.version - 1
        returning stream_id
        """);

    // A copy of another event, put where no commit can put one any more.
    private static Task<Guid> InsertAsync(World world, long sequence) => world.QueryAsync<Guid>(
        """
        insert into mt_events select (jsonb_populate_record(e, jsonb_build_object(
            'seq_id', $1::bigint, 'id', gen_random_uuid(), 'version', 100000 - $1::bigint))).*
        from mt_events e where seq_id = (select max(seq_id) from mt_events where type <> 'tombstone')
        returning stream_id
        """, sequence);

    private static Dictionary<string, double> Measured(World world)
    {
        var meters = world.Services.GetRequiredService<IMeterFactory>();
        var measured = new Dictionary<string, double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, it) =>
            {
                if (instrument.Meter.Scope == meters && instrument.Meter.Name == BillingMeter.Name)
                {
                    it.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => measured[instrument.Name] = value);
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => measured[instrument.Name] = value);
        listener.Start();
        listener.RecordObservableInstruments();

        return measured;
    }
}
