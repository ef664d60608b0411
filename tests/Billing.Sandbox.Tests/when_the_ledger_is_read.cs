using System.Text.Json;
using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class when_the_ledger_is_read
{
    [Theory]
    [InlineData(16, "reversed")]
    [InlineData(19, "disputed")]
    [InlineData(22, "refunded")]
    [InlineData(26, "charged_back")]
    public async Task it_shows_what_became_of_the_money(int status, string movement)
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.ChargeAsync(open);
        await world.AdvanceAsync("P3D");
        var now = await world.NowAsync();

        await world.ToolAsync(HttpMethod.Post, "/sandbox/payments/3009261/status", $$"""{"statusId":{{status}}}""");
        await world.ToolAsync(HttpMethod.Post, "/sandbox/payments/3009261/status", $$"""{"statusId":{{status}}}""");

        var movements = (await world.LedgerAsync("t1")).GetProperty("movements").EnumerateArray().ToArray();
        Assert.Equal([$"captured 3009261 100 BRL", $"{movement} 3009261 100 BRL"], movements.Select(Text));
        Assert.InRange(movements[1].GetProperty("at").GetDateTimeOffset(), now, now.AddMinutes(5));
        Assert.Equal(
            "t1", Assert.Single(await ChargesAsync(world, $"movement={movement}")).Text("merchantTransactionId"));
    }

    [Fact]
    public async Task it_comes_in_pages_and_by_preapproval()
    {
        await using var world = await World.StartAsync();
        var (one, other) = (await world.AnOpenPreapprovalAsync(), await world.AnOpenPreapprovalAsync(id: "sub-2"));
        foreach (var i in Enumerable.Range(1, 5))
        {
            await world.ChargeAsync(i % 2 == 0 ? other : one, $"t{i}");
        }

        var first = (await world.ToolAsync(HttpMethod.Get, "/sandbox/ledger?limit=2")).Json;
        var last = (await world.ToolAsync(HttpMethod.Get, $"/sandbox/ledger?limit=3&after={first.Int("next")}")).Json;

        Assert.Equal(["t1", "t2"], Ids(first.GetProperty("charges").EnumerateArray()));
        Assert.Equal(["t3", "t4", "t5"], Ids(last.GetProperty("charges").EnumerateArray()));
        Assert.False(last.TryGetProperty("next", out _));
        Assert.Equal(["t2", "t4"], Ids(await ChargesAsync(world, $"preapprovalId={other}")));
    }

    [Fact]
    public async Task its_totals_show_a_double_send_and_a_double_capture()
    {
        await using var world = await World.StartAsync("Dedupe=off");
        var open = await world.AnOpenPreapprovalAsync();
        await world.ChargeAsync(open);
        await world.ChargeAsync(open);
        await world.ChargeAsync(open, "t2");
        await world.GetAsync("/v1/payments?merchantTransactionID=t2");
        await world.GetAsync("/v1/payments?merchantTransactionID=sent-after-it");
        await world.ChargeAsync(open, "sent-after-it");

        Assert.Equal(
            """{"charges":3,"received":4,"lookups":2,"receivedTwice":1,"lookedUpUnsent":1,"capturedTwice":1"""
            + ""","movements":[{"what":"captured","currency":"BRL","count":4,"amount":400}]}""",
            (await world.ToolAsync(HttpMethod.Get, "/sandbox/ledger/totals")).Text);
    }

    private static string Text(JsonElement m) =>
        $"{m.Text("what")} {m.Int("paymentId")} {m.GetProperty("amount").GetInt64()} {m.Text("currency")}";

    private static async Task<JsonElement[]> ChargesAsync(World world, string query) =>
        [.. (await world.ToolAsync(HttpMethod.Get, "/sandbox/ledger?" + query)).Json.GetProperty("charges")
            .EnumerateArray()];

    private static IEnumerable<string?> Ids(IEnumerable<JsonElement> charges) =>
        charges.Select(c => c.Text("merchantTransactionId"));
}
