using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class when_listing_payments
{
    [Fact]
    public async Task payments_are_found_by_filter_and_page()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        foreach (var i in Enumerable.Range(1, 12))
        {
            await world.ChargeAsync(open, $"t{i}", $"{i * 100}");
        }

        Assert.Equal(["t12", "t11"], await FindAsync("pageSize=2"));
        Assert.Equal(["t10", "t9"], await FindAsync("pagesize=2&pageindex=2"));
        Assert.Equal(["t1"], await FindAsync("sortDirection=asc&pageSize=1"));
        Assert.Equal(["t12"], await FindAsync("sortBy=amount&pageSize=1"));
        Assert.Equal(["t6", "t5"], await FindAsync("minimumAmount=500&maximumAmount=600"));
        Assert.Empty(await FindAsync("statusID=4"));
        Assert.Empty(await FindAsync("methodID=84"));
        Assert.Empty(await FindAsync("currency=EUR"));
        Assert.Equal(12, (await FindAsync("country=br&typeID=2")).Length);
        Assert.Empty(await FindAsync("typeID=1"));
        Assert.Empty(await FindAsync("endDate=20010101000000"));
        var page = (await world.GetAsync($"/v1/preapprovals/{open}/payments")).Json;
        Assert.Equal(
            (10, 12, 2, 1, 10),
            (
                page.Int("Count"), page.Int("TotalCount"), page.Int("TotalPages"), page.Int("PageIndex"),
                page.Int("PageSize")));

        async Task<string[]> FindAsync(string query) =>
            [.. (await world.GetAsync($"/v1/payments?{query}")).Json.GetProperty("Payments").EnumerateArray()
                .Select(p => p.Text("MerchantTransactionID")!)];
    }

    [Fact]
    public async Task payments_are_sorted_dated_and_fifty_on_a_page_unless_asked_otherwise()
    {
        await using var world = await World.StartAsync("ClockStart=2026-03-01T12:00:00Z");
        var old = Enumerable.Range(0, 49)
            .Select(i => $$"""{"MerchantTransactionID":"old{{i}}","Amount":"1","Created":"20250101000000"}""");
        await world.ToolAsync(
            HttpMethod.Post, "/sandbox/fixtures", $$"""{"Payments":[{{string.Join(',', old)}}]}""");
        var open = await world.AnOpenPreapprovalAsync();
        await world.ChargeAsync(open, "b", "300");
        await world.AdvanceAsync("P1D");
        await world.ChargeAsync(open, "a", "999999999999");

        Assert.Equal(["b", "a"], await FindAsync("sortBy=inputdatetime&sortDirection=asc&startDate=20260301000000"));
        Assert.Equal(
            ["b", "a"],
            await FindAsync(
                "sortBy=merchanttransactionid&sortDirection=desc&startDate=20260301000000&endDate=20260303000000"));
        Assert.Equal(["b"], await FindAsync("startDate=20260301000000&endDate=20260301235959"));
        Assert.Equal(["a"], await FindAsync("minimumAmount=3000000000"));
        Assert.Equal(["b"], await FindAsync("minimumAmount=2&maximumAmount=3000000000"));
        Assert.Empty(await FindAsync("methodTransactionID=x"));
        var page = (await world.GetAsync("/v1/payments")).Json;
        Assert.Equal(
            (50, 51, 2, 50), (page.Int("Count"), page.Int("TotalCount"), page.Int("TotalPages"), page.Int("PageSize")));

        async Task<string[]> FindAsync(string query) =>
            [.. (await world.GetAsync($"/v1/payments?{query}")).Json.GetProperty("Payments").EnumerateArray()
                .Select(p => p.Text("MerchantTransactionID")!)];
    }
}
