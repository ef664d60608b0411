using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Crashing;

/// <summary>A node dies between the pages of a change of many prices; another one goes on.</summary>
[Keeps(Promise.NothingDueIsForgotten)]
public class crashing_in_the_middle_of_a_price_change(ServicelessWorld shared) : IClassFixture<ServicelessWorld>
{
    private readonly World world = shared.World;

    [Fact]
    public async Task each_price_is_changed_once_and_each_plan_taken_back_once()
    {
        var all = new List<Subscriber>();
        string id;

        await using (var doomed = await StartAsync("price_change_running:committing"))
        {
            for (var n = 0; n < 5; n++)
            {
                all.Add(await Subscriber.Open(world, Subscriber.Schedule()));
            }

            id = (string)(await SendAsync("", new()
            {
                ["currency"] = "BRL", ["percent"] = 10, ["effectiveOn"] = "2031-01-01",
            }))["id"]!;
            await world.UntilIdle();
            await Node.IgnoringTheCrash(() => SendAsync($"/{id}/run", null));
            await doomed.UntilKilledAsync();
        }

        await using (var doomed = await StartAsync("price_change_cancelling:committing"))
        {
            await world.UntilIdle();
            Assert.Equal((5, 5), await CountsAsync(id, "run"));
            await AssertEachAsync(all, "schedule_change_planned");
            await Node.IgnoringTheCrash(() => SendAsync($"/{id}/cancel", null));
            await doomed.UntilKilledAsync();
        }

        await using var last = await StartAsync(null);
        await world.UntilIdle();
        Assert.Equal((5, 5), await CountsAsync(id, "cancelling"));
        await AssertEachAsync(all, "schedule_change_planned", "planned_change_cancelled");
    }

    private static async Task AssertEachAsync(IEnumerable<Subscriber> all, params string[] events)
    {
        foreach (var subscriber in all)
        {
            Assert.Equal(
                events, (await subscriber.Story()).Where(type => type.Contains("plan", StringComparison.Ordinal)));
        }
    }

    private async Task<(int Looked, int Changed)> CountsAsync(string id, string what)
    {
        var counts = (await world.Storefront.ReadAsync($"v1/price-changes/{id}")).Json[what]!;

        return ((int)counts["looked"]!, (int)counts["changed"]!);
    }

    private async Task<JsonNode> SendAsync(string path, JsonObject? body) =>
        (await world.Storefront.AskAsync(HttpMethod.Post, $"v1/price-changes{path}", body)).Json;

    // It dies in the second of three pages.
    private Task<RunningProgram> StartAsync(string? killAt) => Node.StartAsync(
        world, killAt, settings: new(Doomed.Hasty)
        {
            ["Charging__PageSize"] = "2", ["Failpoints__Pass"] = killAt is null ? "0" : "1",
        });
}
