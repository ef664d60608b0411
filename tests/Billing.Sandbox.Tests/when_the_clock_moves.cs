using System.Net;
using System.Text.Json;
using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class when_the_clock_moves
{
    [Theory]
    [InlineData("P1M", "2026-02-28T12:00:00Z")]
    [InlineData("P3D", "2026-02-03T12:00:00Z")]
    [InlineData("PT6H", "2026-01-31T18:00:00Z")]
    [InlineData("P1Y2M3DT4H5M6S", "2027-04-03T16:05:06Z")]
    [InlineData("P2W", "2026-02-14T12:00:00Z")]
    public async Task a_duration_counts_calendar_months(string duration, string expected)
    {
        await using var world = await World.StartAsync("ClockStart=2026-01-31T12:00:00Z");

        await world.AdvanceAsync(duration);

        Assert.InRange(
            await world.NowAsync(), DateTimeOffset.Parse(expected), DateTimeOffset.Parse(expected).AddMinutes(5));
    }

    [Fact]
    public async Task it_goes_to_an_instant_and_the_gateway_writes_that_time()
    {
        await using var world = await World.StartAsync("ClockStart=2026-01-31T12:00:00Z");

        var moved = await world.ToolAsync(HttpMethod.Post, "/sandbox/clock", """{"now":"2026-05-01T02:00:00+02:00"}""");
        var created = await world.PostAsync("/v1/preapprovals", A.Preapproval());

        Assert.Equal(HttpStatusCode.OK, moved.Status);
        Assert.StartsWith("20260501", created.Preapproval.Text("Created"), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Number, moved.Json.GetProperty("offsetSeconds").ValueKind);
    }

    [Theory]
    [InlineData("""{"now":"2020-01-01T00:00:00Z"}""")]
    [InlineData("""{"now":"soon"}""")]
    [InlineData("""{"advance":"-P1D"}""")]
    [InlineData("""{"advance":"P"}""")]
    [InlineData("""{"advance":"P1DT"}""")]
    [InlineData("""{"advance":"1 day"}""")]
    [InlineData("""{"advance":"P9999Y"}""")]
    [InlineData("""{}""")]
    [InlineData("""{"now":"2030-01-01T00:00:00Z","advance":"P1D"}""")]
    public async Task backwards_and_nonsense_are_refused(string body)
    {
        await using var world = await World.StartAsync("ClockStart=2026-01-31T12:00:00Z");

        Assert.Equal(
            HttpStatusCode.BadRequest, (await world.ToolAsync(HttpMethod.Post, "/sandbox/clock", body)).Status);
        Assert.InRange(
            await world.NowAsync(), DateTimeOffset.Parse("2026-01-31T12:00:00Z"),
            DateTimeOffset.Parse("2026-01-31T12:05:00Z"));
    }

    [Fact]
    public async Task idle_is_never_said_while_a_change_is_due()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync(84, country: "NL");
        foreach (var i in Enumerable.Range(1, 50))
        {
            await world.ChargeAsync(open, $"t{i}", currency: "EUR");
        }

        await world.UntilIdleAsync();
        await world.AdvanceAsync("P3D");
        await world.UntilIdleAsync();

        Assert.Equal(51, world.Merchant.All.Count);
        Assert.Equal(50, (await world.GetAsync("/v1/payments?statusID=2")).Json.Int("TotalCount"));
    }
}
