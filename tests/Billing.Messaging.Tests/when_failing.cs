using Billing.Messaging.Tests.Specs;

namespace Billing.Messaging.Tests;

public class when_failing
{
    private static readonly MessagingOptions Quick = new() { RetryLadder = [TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(20)] };

    private readonly Guid id = Guid.CreateVersion7();

    [Fact]
    public async Task a_call_climbs_the_ladder_then_is_a_dead_letter_that_its_stream_is_told_of()
    {
        await using var world = await World.CreateAsync(Quick);
        List<(int, bool)> deliveries = [];
        world.OnCall = (_, delivery, _) =>
        {
            deliveries.Add((delivery.Claims, delivery.IsFirst));
            throw new InvalidOperationException("holds a secret");
        };

        await RunAsync(world, new Call(id));

        Assert.Equal([(1, true), (2, false), (3, false)], deliveries);
        var letter = Assert.Single(await world.DeadLetters.ListAsync(10, null, default));
        Assert.Equal(("call", Counting.Tenant, id, "InvalidOperationException", 3, 3), (letter.Name, letter.Tenant, letter.StreamId, letter.Reason, letter.Claims, letter.Attempts));
        Assert.Equal("dead", (await world.CounterAsync(id))!.Answers);
        Assert.True(await world.ScalarAsync<bool>("select d.xmin::text = e.xmin::text from dead_letters d, mt_events e"));
        Assert.DoesNotContain("secret", await world.ScalarAsync<string>("select d::text from dead_letters d"));
        Assert.Equal((2, 1, 0), (world.Log.Count("again in"), world.Log.Count("is a dead letter"), world.Log.Count("secret")));
    }

    [Fact]
    public async Task a_replayed_call_starts_the_ladder_again_but_is_never_a_first_one()
    {
        await using var world = await World.CreateAsync(Quick);
        world.OnCall = (_, _, _) => throw new InvalidOperationException();
        await RunAsync(world, new Call(id));
        var letter = Assert.Single(await world.DeadLetters.ListAsync(10, null, default));

        world.OnCall = (call, delivery, _) => Task.FromResult<HandlerResult>(new HandlerResult.Apply(new RecordAnswer(call.Id, $" {delivery.Claims} {delivery.IsFirst}")));
        Assert.True(await world.DeadLetters.ReplayAsync(letter.MessageId, default));
        await world.UntilIdleAsync();

        Assert.Equal("dead 4 False", (await world.CounterAsync(id))!.Answers);
        Assert.Empty(await world.DeadLetters.ListAsync(10, null, default));
        Assert.False(await world.DeadLetters.ReplayAsync(letter.MessageId, default));
    }

    [Fact]
    public async Task what_a_rule_refuses_dies_at_once_and_alone_with_the_rules_own_words()
    {
        await using var world = await World.CreateAsync();

        await RunAsync(world, new Count(id), new Count(id, Counting.Forbidden), new Count(id));

        Assert.Equal(2, (await world.CounterAsync(id))!.Total);
        var letter = Assert.Single(await world.DeadLetters.ListAsync(10, null, default));
        Assert.Equal(("count", "Refused: counts only go up", 1), (letter.Name, letter.Reason, letter.Attempts));
    }

    [Fact]
    public async Task a_result_that_its_stream_refuses_kills_the_call()
    {
        await using var world = await World.CreateAsync();
        world.OnCall = (_, _, _) => Task.FromResult<HandlerResult>(new HandlerResult.Apply(new RecordAnswer(id, "")));

        await RunAsync(world, new Call(id));

        Assert.Equal("Refused: no answer", Assert.Single(await world.DeadLetters.ListAsync(10, null, default)).Reason);
        Assert.Equal("dead", (await world.CounterAsync(id))!.Answers);
    }

    [Fact]
    public async Task a_letter_is_written_even_when_its_stream_will_not_hear_of_it()
    {
        await using var world = await World.CreateAsync();
        world.OnCall = (_, _, _) => throw new Refused("untold");

        await RunAsync(world, new Call(id));

        Assert.Equal("Refused: untold", Assert.Single(await world.DeadLetters.ListAsync(10, null, default)).Reason);
        Assert.Null(await world.CounterAsync(id));
        Assert.Equal(1, world.Log.Count("could not be told"));
    }

    [Theory]
    [InlineData("from_the_future", "{}", "aggregate", "InvalidOperationException")]
    [InlineData("from_the_future", "{}", "network", "InvalidOperationException")]
    [InlineData("count", "[]", "aggregate", "JsonException")]
    [InlineData("call", "[]", "network", "JsonException")]
    public async Task what_cannot_be_read_becomes_a_letter(string name, string body, string lane, string reason)
    {
        await using var world = await World.CreateAsync(Quick);
        await world.ScalarAsync<Guid>(
            $"insert into messages (id, lane, name, body, due_at) values (gen_random_uuid(), '{lane}', '{name}', '{body}', '2026-03-01') returning id");

        await RunAsync(world, new Count(id));

        Assert.Equal((name, reason, 3), Assert.Single((await world.DeadLetters.ListAsync(10, null, default)).Select(l => (l.Name, l.Reason, l.Attempts))));
        Assert.Equal(1, (await world.CounterAsync(id))!.Total);
    }

    [Fact]
    public async Task letters_are_listed_by_the_page_and_replayed_together()
    {
        await using var world = await World.CreateAsync();
        var broken = true;
        world.OnCall = (_, _, _) => broken ? throw new Refused("untold") : Task.FromResult<HandlerResult>(new HandlerResult.Done());
        await RunAsync(world, [.. Enumerable.Range(0, 5).Select(_ => new Call(id))]);

        var page = await world.DeadLetters.ListAsync(3, null, default);
        var rest = await world.DeadLetters.ListAsync(3, page[^1], default);
        Assert.Equal((3, 2, 5), (page.Count, rest.Count, page.Concat(rest).DistinctBy(l => l.MessageId).Count()));

        broken = false;
        Assert.Equal(5, await world.DeadLetters.ReplayAllAsync(default));
        await world.UntilIdleAsync();
        Assert.Equal(new MessagingStatus(0, 0, 0, 0), await world.StatusAsync());
    }

    private static async Task RunAsync(World world, params object[] messages)
    {
        await world.EnqueueAsync(messages);
        await world.PumpAsync();
        await world.UntilIdleAsync();
    }
}
