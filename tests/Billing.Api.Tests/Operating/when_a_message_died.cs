using System.Text.Json.Nodes;
using Billing.Api.Tests.Auditing;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Operating;

[Collection(OperatedWorld.Name)]
public class when_a_message_died(OneWorld shared)
{
    private World World => shared.World;

    [Fact]
    public async Task it_is_listed_counted_and_put_back_to_work()
    {
        // At the end of its retries: the next failure is the last.
        var id = Guid.CreateVersion7();
        var subscriber = await Subscriber.Open(World, Subscriber.Schedule());
        await World.Books.DoAsync(
            "insert into messages (id, lane, name, tenant_id, stream_id, body, due_at, attempts) values ($1, 'aggregate', 'charge_due', '30201', $2, '{\"Tenant\": 7}', now() - interval '1 day', 20)", id, subscriber.Id);
        await UntilDeadAsync(1);

        (await World.Billing("dead-letters", "list")).Ended(0).With($"{id}").With("charge_due").With($"30201/{subscriber.Id}").With("1 dead letters");
        var ready = JsonNode.Parse(await World.Anonymous.GetStringAsync("health/ready"))!;
        Assert.Equal(("ready", 1), ((string)ready["status"]!, (int)ready["deadLetters"]!));

        (await World.Billing("dead-letters", "replay", $"{Guid.CreateVersion7()}")).Ended(1).With("0 replayed");

        // What was wrong with it is mended, so that it can be done.
        await World.Books.DoAsync("update dead_letters set body = jsonb_build_object('Tenant', '30201', 'PreapprovalId', $1::uuid, 'Revision', 1, 'DueOn', '2026-01-01', 'Attempt', 1)", subscriber.Id);
        (await World.Billing("dead-letters", "replay", $"{id}")).Ended(0).With("1 replayed");
        await World.UntilIdle();
        Assert.Equal((0L, 0L), (await World.Books.ScalarAsync("select count(*) from dead_letters"), await World.Books.ScalarAsync("select count(*) from messages where id = $1", id)));

        (await World.Billing("dead-letters", "replay", "all")).Ended(0).With("0 replayed");
        (await World.Billing("dead-letters", "list")).Ended(0).With("0 dead letters");
    }

    private async Task UntilDeadAsync(long count)
    {
        for (var tries = 0; (long)(await World.Books.ScalarAsync("select count(*) from dead_letters"))! != count; tries++)
        {
            Assert.True(tries < 600, "No dead letter within 60 seconds.");
            await Task.Delay(100);
        }
    }
}
