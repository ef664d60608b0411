using System.Net;
using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class when_a_rule_matches
{
    [Fact]
    public async Task a_rule_fires_only_for_what_it_names()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        var criteria = new[] { "\"merchantTransactionId\":\"x*\"", "\"methodId\":84", "\"amount\":101", "\"email\":\"other@gmail.com\"", "\"preapprovalId\":1", "\"merchantPreapprovalId\":\"sub-2\"", "\"times\":0" };
        await world.ToolAsync(HttpMethod.Put, "/sandbox/scenarios", $$"""{"rules":[{{string.Join(',', criteria.Select(c => $$"""{"operation":"charge","action":"decline",{{c}}}"""))}}]}""");

        Assert.Equal(2, StatusOf(await world.ChargeAsync(open)));
        Assert.Equal(4, StatusOf(await world.ChargeAsync(open, "x1")));
        Assert.Equal(4, StatusOf(await world.ChargeAsync(open, "t2", "101")));

        await world.ToolAsync(HttpMethod.Put, "/sandbox/scenarios", $$"""{"rules":[{"operation":"charge","action":"decline","methodId":46,"amount":100,"email":"JDoe@gmail.com","preapprovalId":{{open}},"merchantPreapprovalId":"sub-1","merchantTransactionId":"t3"}]}""");
        Assert.Equal(4, StatusOf(await world.ChargeAsync(open, "t3")));
    }

    [Fact]
    public async Task a_rule_lets_some_pass_and_then_fires_so_many_times()
    {
        await using var world = await World.StartAsync();
        var open = await world.AnOpenPreapprovalAsync();
        await world.RuleAsync("""{"operation":"charge","action":"decline","skip":1,"times":2}""");

        var statuses = new List<int>();
        foreach (var i in Enumerable.Range(1, 5))
        {
            statuses.Add(StatusOf(await world.ChargeAsync(open, $"t{i}")));
        }

        Assert.Equal([2, 4, 4, 2, 2], statuses);
        var rule = (await world.ToolAsync(HttpMethod.Get, "/sandbox/scenarios")).Json.GetProperty("rules")[0];
        Assert.Equal((1, 2, "decline", "charge"), (rule.GetProperty("id").GetInt32(), rule.GetProperty("fired").GetInt32(), rule.GetProperty("action").GetString(), rule.GetProperty("operation").GetString()));
    }

    [Theory]
    [InlineData("""{"operation":"charge","action":"explode"}""")]
    [InlineData("""{"operation":"pay","action":"decline"}""")]
    [InlineData("""{"operation":"charge","action":"decline","amout":5}""")]
    [InlineData("""{"action":"decline"}""")]
    public async Task a_rule_that_is_not_understood_is_refused(string rule)
    {
        await using var world = await World.StartAsync();

        Assert.Equal(HttpStatusCode.BadRequest, (await world.ToolAsync(HttpMethod.Post, "/sandbox/scenarios", rule)).Status);
        Assert.Equal(0, (await world.ToolAsync(HttpMethod.Get, "/sandbox/scenarios")).Json.GetProperty("rules").GetArrayLength());
    }

    private static int StatusOf(Reply reply) => reply.Payment.GetProperty("Status").GetProperty("ID").GetInt32();
}
