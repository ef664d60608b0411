using Billing.Api.Hosting.Streams;
using Billing.Api.Tests.Specs;
using Marten;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Operating;

/// <summary>Two times: what had happened by then (as of), and what we had recorded by then (known at).</summary>
[Collection(OperatedWorld.Name)]
public class when_replaying_a_stream(OneWorld shared)
{
    private World World => shared.World;

    [Fact]
    public async Task as_of_goes_by_business_time_and_known_at_by_the_time_of_recording()
    {
        var subscriber = await Subscriber.Open(World, Subscriber.Schedule());
        var events = await subscriber.Events();
        var beforeTheMonth = (DateTimeOffset)events[^1]["happenedAt"]!;
        var known = (DateTimeOffset)events[^1]["recordedAt"]!;
        await World.AdvanceAsync("P1M");

        var all = (await ReplayAsync(subscriber)).Ended(0).With(" 2 charges");
        var versions = all.Output.Split('\n').Select(line => line.Split(' ')[0]).ToList();
        Assert.Equal("VERSION", versions[0]);
        Assert.Contains($"{(await subscriber.Events()).Length}", versions);

        // Business time has moved by a month, the database's clock by a moment: only --as-of separates months by date.
        (await ReplayAsync(subscriber, "--as-of", $"{beforeTheMonth.AddDays(1):O}")).Ended(0).With(" 1 charges")
            .With("state: Open");
        (await ReplayAsync(subscriber, "--known-at", $"{beforeTheMonth.AddDays(1):O}")).Ended(0).With(" 2 charges");
        (await ReplayAsync(subscriber, "--known-at", $"{known:O}")).Ended(0).With(" 1 charges");
        (await ReplayAsync(subscriber, "--as-of", $"{beforeTheMonth.AddMonths(2):O}", "--known-at", $"{known:O}"))
            .Ended(0)
            .With(" 1 charges");
    }

    [Fact]
    public async Task the_folded_stream_has_the_version_of_its_snapshot()
    {
        var subscriber = await Subscriber.Open(World, Subscriber.Schedule());
        await using var session = World.Services.GetRequiredService<IDocumentStore>().QuerySession("30201");

        var (folded, stored) = (
            await PreapprovalStreams.FoldAsync(session, subscriber.Id, default),
            await PreapprovalStreams.FindAsync(session, subscriber.Id, default));

        Assert.Equal((await subscriber.Events()).Length, folded!.Version);
        Assert.Equal(stored!.Version, folded.Version);
    }

    [Fact]
    public async Task before_the_beginning_there_is_nothing()
    {
        var subscriber = await Subscriber.Pending(World);

        (await ReplayAsync(subscriber, "--as-of", "2001-01-01T00:00:00+01:00")).Ended(1).With("that early");
        (await ReplayAsync(subscriber, "--known-at", "2001-01-01T00:00:00Z")).Ended(1).With("that early");
    }

    [Fact]
    public async Task what_is_sealed_shows_only_on_demand()
    {
        var subscriber = await Subscriber.Pending(World);

        (await ReplayAsync(subscriber)).Ended(0).Without("jdoe@example.com").With("RECORDED");
        (await ReplayAsync(subscriber, "--unseal")).Ended(0).With("jdoe@example.com");
    }

    [Fact]
    public async Task wrong_arguments_get_a_sentence()
    {
        var unknown = Guid.CreateVersion7();

        (await World.Billing("audit", "replay", $"{unknown}", "--site", "30201")).Ended(1)
            .With($"Site 30201 has no stream {unknown}.");
        (await World.Billing("audit", "replay", $"{unknown}")).Ended(2).With("--site").Without("   at ");
        (await World.Billing("audit", "replay", "nonsense")).Ended(1)
            .With("'nonsense' is no id like ").Without("System.").With("./billing audit replay <id> [options]");
        foreach (var (option, text) in new[]
        {
            ("--as-of", "yesterday"), ("--as-of", "2026-03-01"), ("--known-at", "2026-03-01T12:00:00"),
            ("--known-at", "03/01/2026 12:00 +01:00"),
        })
        {
            (await World.Billing("audit", "replay", $"{unknown}", "--site", "30201", option, text)).Ended(1)
                .With($"{option} '{text}' is no time with its offset, like 2026-01-31T09:00:00Z");
        }

        (await World.Billing("audit", "drift", "--site", "30201", "--since", "2026-03-01")).Ended(1)
            .With("--since '2026-03-01' is no time with its offset, like 2026-01-31T09:00:00Z").Without("   at ");
        (await World.Billing(
            "audit", "replay", "--help")).Ended(0).With("--as-of").With("--known-at").With("business time")
            .With("real time");
    }

    private Task<Ending> ReplayAsync(Subscriber subscriber, params string[] options) =>
        World.Billing(["audit", "replay", $"{subscriber.Id}", "--site", "30201", .. options]);
}
