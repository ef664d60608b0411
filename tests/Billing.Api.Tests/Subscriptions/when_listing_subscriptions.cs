using System.Net;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Subscriptions;

public class when_listing_subscriptions(ManySubscribers many) : IClassFixture<ManySubscribers>
{
    private World World => many.World;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(9)]
    [InlineData(27)]
    public async Task pages_show_each_one_once_newest_first(int limit)
    {
        var (seen, after) = (new List<JsonNode>(), (string?)null);

        do
        {
            var page = await GetAsync($"?limit={limit}{(after is null ? "" : $"&after={after}")}");
            Assert.InRange(page["subscriptions"]!.AsArray().Count, 1, limit);
            seen.AddRange(page["subscriptions"]!.AsArray()!);
            after = (string?)page["next"];
        }
        while (after is not null);

        Assert.Equal(many.Ids.Order(), seen.Select(it => (Guid)it["id"]!).Order());
        Assert.Equal(
            seen.OrderByDescending(it => (DateTimeOffset)it["requestedAt"]!).Select(it => (Guid)it["id"]!),
            seen.Select(it => (Guid)it["id"]!));
    }

    [Fact]
    public async Task filters_are_kept_over_pages()
    {
        var first = await GetAsync("?status=open&limit=2");
        var second = await GetAsync($"?status=open&limit=2&after={first["next"]}");

        Assert.Equal(
            many.Open.Order(),
            first["subscriptions"]!.AsArray().Concat(second["subscriptions"]!.AsArray()).Select(it => (Guid)it!["id"]!)
                .Order());
        Assert.Null(second["next"]);
        Assert.Single((await GetAsync($"?merchantPreapprovalId={many.OneName}"))["subscriptions"]!.AsArray());
        Assert.Empty(
            (await GetAsync($"?merchantPreapprovalId={many.OneName}&status=closed"))["subscriptions"]!.AsArray());
        Assert.Empty((await GetAsync("?merchantPreapprovalId=absent%00"))["subscriptions"]!.AsArray());
    }

    [Theory]
    [InlineData("limit=0", "limit_invalid")]
    [InlineData("limit=201", "limit_invalid")]
    [InlineData("limit=-1", "limit_invalid")]
    [InlineData("limit=ten", "limit_invalid")]
    [InlineData("limit=99999999999999", "limit_invalid")]
    [InlineData("after=nothing", "cursor_invalid")]
    [InlineData("after=", "cursor_invalid")]
    [InlineData("after=%00%ff", "cursor_invalid")]
    [InlineData("after=OTk5OTk5OTk5OTk5OTk5OTk5OTk5OV94", "cursor_invalid")]
    [InlineData("status=happy", "status_invalid")]
    public async Task a_wrong_question_is_a_problem_with_a_code(string query, string code)
    {
        using var answer = await World.Storefront.GetAsync($"v1/subscriptions?{query}");

        await answer.IsProblem(HttpStatusCode.UnprocessableEntity, code);
    }

    [Fact]
    public async Task another_site_sees_none_of_them()
    {
        using var other = World.Client("30202", "storefront-key-30202");

        Assert.Equal("""{"subscriptions":[],"next":null}""", await other.GetStringAsync("v1/subscriptions"));
    }

    [Fact]
    public async Task a_trailing_slash_changes_nothing() =>
        Assert.Equal((await GetAsync("")).ToJsonString(), (await GetAsync("/")).ToJsonString());

    private async Task<JsonNode> GetAsync(string query) =>
        JsonNode.Parse(await World.Storefront.GetStringAsync($"v1/subscriptions{query}"))!;
}

/// <summary>27 subscriptions, three of them open.</summary>
public sealed class ManySubscribers : OneWorld
{
    public List<Guid> Ids { get; } = [];

    public List<Guid> Open { get; } = [];

    public string OneName { get; private set; } = "";

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        var all = new List<Subscriber>();

        // Nine at a time: some of the same instant, which is where a page boundary could lose or repeat one.
        for (var i = 0; i < 3; i++)
        {
            all.AddRange(await Task.WhenAll(Enumerable.Range(0, 9).Select(_ => Subscriber.Pending(World))));
        }

        foreach (var subscriber in all.Take(3))
        {
            await World.Sandbox.ApproveAsync(subscriber.GatewayId);
        }

        await World.UntilIdle();
        Ids.AddRange(all.Select(it => it.Id));
        Open.AddRange(all.Take(3).Select(it => it.Id));
        OneName = all[0].MerchantPreapprovalId;
    }
}
