using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Operating;

public class when_the_service_restarts
{
    [Fact]
    public async Task business_time_goes_on_where_it_was_also_when_the_sandbox_cannot_be_asked()
    {
        await using var world = await World.StartAsync();
        await world.AdvanceAsync("P40D");
        var before = await NowAsync(world);
        await world.StopServiceAsync();

        await world.StartServiceAsync(new Dictionary<string, string?>
        {
            ["Gateway:BaseAddress"] = $"http://127.0.0.1:{LocalMachine.FreePort()}/"
        });

        Assert.InRange(await NowAsync(world), before, before.AddMinutes(5));
        Assert.True(before > DateTimeOffset.UtcNow.AddDays(39));
        Assert.False((bool)(await IdleAsync(world))["isCaughtUp"]!);
        await world.StopServiceAsync();

        // The lever of the tests exists in sandbox mode only.
        await world.StartServiceAsync(new Dictionary<string, string?> { ["Sandbox:Enabled"] = "false" });
        Assert.Equal(HttpStatusCode.NotFound, (await world.Anonymous.GetAsync("sandbox/idle")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await world.Anonymous.PostAsync("sandbox/clock", null)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await world.Anonymous.GetAsync("health/ready")).StatusCode);
    }

    private static async Task<DateTimeOffset> NowAsync(World world) => (DateTimeOffset)(await IdleAsync(world))["now"]!;

    private static async Task<JsonNode> IdleAsync(World world) =>
        JsonNode.Parse(await world.Anonymous.GetStringAsync("sandbox/idle"))!;
}
