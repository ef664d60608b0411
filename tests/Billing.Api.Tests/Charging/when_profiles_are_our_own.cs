using System.Net;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Charging;

public sealed class OwnProfiles : SharedWorld
{
    protected override Dictionary<string, string?> Settings => new(base.Settings)
    {
        ["Profiles__84__Version"] = "1001",
        ["Profiles__84__LeadDays"] = "2",
        ["Profiles__84__Roll"] = "target2",
        ["Profiles__84__Countries"] = "BR,NL",
        ["Profiles__46__Version"] = "1007",
        ["Profiles__46__Cap"] = "aggregate",
        ["Profiles__46__Countries"] = "BR",
        ["Profiles__46__RetryDays"] = "2",
    };
}

public class when_profiles_are_our_own(OwnProfiles shared) : IClassFixture<OwnProfiles>
{
    private readonly World world = shared.World;

    [Fact]
    public async Task a_charge_obeys_them_and_says_so()
    {
        var subscriber = await Subscriber.Open(world, Subscribers.Once(1500, "EUR"), 84);

        // Thursday and two days is a Saturday.
        var requested = Assert.Single(await subscriber.EventsOf("charge_requested"));
        Assert.Equal((1001, "20300114"), ((int)requested["ProfileVersion"]!, (string)requested["ExecutionDate"]!));
        Assert.Contains(
            "lead_days=2 notice_days=0 roll=target2",
            await world.QueryAsync<string>(
                "select terms from method_profiles where method_id = 84 and version = 1001"));
        Assert.Equal(9L, await world.QueryAsync<long>("select count(*) from method_profiles"));
    }

    [Fact]
    public async Task a_retry_comes_when_they_say()
    {
        var subscriber = await world.OpenMeeting("decline");
        await world.UntilIdle();

        var retry = Assert.Single(await subscriber.EventsOf("retry_scheduled"));
        Assert.Equal(
            (1007, TimeSpan.FromDays(2)),
            ((int)retry["PolicyVersion"]!, (DateTimeOffset)retry["DueAt"]! - (DateTimeOffset)retry["HappenedAt"]!));
    }

    [Fact]
    public async Task what_they_do_not_take_is_refused_before_it_is_sent()
    {
        var subscriber = await Subscriber.Open(world, Subscribers.Once(1500, "EUR"), 84);

        var (status, body) = await subscriber.Charge("kronor", currency: "SEK");

        Assert.Equal(
            (HttpStatusCode.BadRequest, "100"), (status, (string)body["Payment"]!["Status"]!["Reasons"]![0]!["Code"]!));
        Assert.Null(await world.Sandbox.LedgerAsync("kronor"));
    }

    [Fact]
    public async Task the_same_version_with_other_terms_does_not_start()
    {
        var settings = world.Settings(new Dictionary<string, string?>
        {
            ["Profiles__84__Version"] = "1001", ["Profiles__84__LeadDays"] = "3",
            ["Charging__SendWindowSeconds"] = "20",
        });

        (await Verbs.Run(settings, "serve", "--urls", $"http://127.0.0.1:{LocalMachine.FreePort()}")).Ended(2)
            .With("Setting Profiles__84__Version is stored with other terms");
    }
}
