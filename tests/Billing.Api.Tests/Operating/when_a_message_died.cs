using System.Text.Json.Nodes;
using Billing.Api.Tests.Auditing;
using Billing.Api.Tests.Notifying;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Operating;

/// <summary>A notification's message fails until its retries are used up, because a row is in its way.</summary>
public class when_a_message_died
{
    private static readonly Dictionary<string, string?> FewRetries = new()
    {
        ["Jobs:RetrySeconds:0"] = "0.05", ["Jobs:RetrySeconds:1"] = "0.05", ["Jobs:RetrySeconds:2"] = "0.05",
        ["Jobs:RetrySeconds:3"] = "0.05", ["Jobs:RetrySeconds:4"] = "0.05", ["Notifications:Confirm"] = "off",
    };

    [Fact]
    public async Task it_is_listed_counted_and_put_back_to_work()
    {
        await using var world = await World.StartAsync(settings: FewRetries);
        var subscriber = await Subscriber.Pending(world);
        await world.DataSource.DoAsync(
            """
            create function refuse() returns trigger language plpgsql as
                'begin raise exception ''refused by the test''; end';
            create trigger refuse before insert on mt_events for each row execute function refuse()
            """);
        using (var taken = await world.Gateway.PostAsync(
            "v1/notifications", new StringContent(Notified.Mandate(subscriber, 2).ToJsonString())))
        {
            Assert.True(taken.IsSuccessStatusCode);
        }

        await Waiting.Until(
            "the message died", () => world.QueryAsync<bool>("select exists (select from dead_letters)"));
        var id = await world.QueryAsync<Guid>("select id from dead_letters");
        var inBrazil = new Dictionary<string, string?>(world.Settings()) { ["TZ"] = "America/Sao_Paulo" };
        var listed = (await Verbs.Run(inBrazil, "dead-letters", "list")).Ended(0)
            .With("1 dead letters").Without("jdoe").Without("Exception");

        // On a busy machine a warning may come before the table.
        var lines = listed.Output.Split('\n').SkipWhile(line => !line.StartsWith("ID ", StringComparison.Ordinal));
        var (header, row) = (lines.First(), lines.ElementAt(1));
        var column = header.IndexOf("MESSAGE", StringComparison.Ordinal);
        Assert.StartsWith($"{id}  ", row, StringComparison.Ordinal);
        Assert.Equal("-03:00", row.Split("  ")[1][^6..]);
        Assert.StartsWith("apply notifications  30201 ", row[column..], StringComparison.Ordinal);
        Assert.EndsWith("P0001: refused by the test", row.TrimEnd(), StringComparison.Ordinal);
        var ready = JsonNode.Parse(await world.Anonymous.GetStringAsync("health/ready"))!;
        Assert.Equal(("ready", 1), ((string)ready["status"]!, (int)ready["deadLetters"]!));
        (await world.Billing("dead-letters", "replay", $"{Guid.CreateVersion7()}")).Ended(1)
            .With("0 replayed: there is no dead letter");
        (await world.Billing("dead-letters", "replay", "nonsense")).Ended(1)
            .With("0 replayed: 'nonsense' is neither the id of a dead letter nor 'all'.");
        await EachIsListedOnceAsync(world);
        var item = Assert.Single(await WaitingAsync(world.Storefront));
        Assert.Equal(id, (Guid)item!["messageId"]!);
        Assert.Contains("P0001: refused by the test", (string)item["why"]!, StringComparison.Ordinal);
        using var other = world.Client("30202", "storefront-key-30202");
        Assert.Empty(await WaitingAsync(other));

        await world.DataSource.DoAsync("drop function refuse cascade");
        (await world.Billing(((string)item["commands"]![0]!).Split(' ')[1..])).Ended(0).With("1 replayed");
        Assert.Empty(await WaitingAsync(world.Storefront));
        await Waiting.Until(
            "the notification was applied", async () => (string)(await subscriber.View())["status"]! == "open");
        await world.UntilIdle();

        Assert.Equal(0L, await world.DataSource.ScalarAsync("select count(*) from wolverine_dead_letters"));
        Assert.Equal(1, await subscriber.TimesAsync("preapproval_opened"));
        (await world.Billing("dead-letters", "replay", "all")).Ended(0).With("0 replayed: there are no dead letters.");
        (await world.Billing("dead-letters", "list")).Ended(0).With("0 dead letters");
    }

    private static async Task<JsonArray> WaitingAsync(HttpClient storefront) =>
        (await storefront.ReadAsync("v1/attention?kind=dead_letter")).Json["items"]!.AsArray();

    // Another one is added after each page.
    private static async Task EachIsListedOnceAsync(World world)
    {
        const string Copies =
            """
            insert into wolverine_dead_letters select (jsonb_populate_record(d, jsonb_build_object(
                'id', gen_random_uuid(), 'source', 'copied', 'failed_at', now() + n * interval '1 second'))).*
            from wolverine_dead_letters d, generate_series($1::int, $2::int) n where d.source is distinct from 'copied'
            """;
        await world.DataSource.DoAsync(Copies, 1, 4);
        var before = await IdsAsync(world);
        var (seen, next, pages) = (new List<string>(), "", 0);

        do
        {
            var page = (await world.Storefront.ReadAsync($"v1/dead-letters?limit=2{next}")).Json;
            seen.AddRange(page["deadLetters"]!.AsArray().Select(row => (string)row!["id"]!));
            next = page["next"] is { } after ? $"&after={after}" : "";
            pages++;
            await world.DataSource.DoAsync(Copies, 4 + pages, 4 + pages);
        }
        while (next != "");

        Assert.Equal((5, 3), (before.Length, pages));
        Assert.Equal(before, seen);
        var refused = await world.Storefront.ReadAsync("v1/dead-letters?after=nothing");
        Assert.Equal("cursor_invalid", (string)refused.Json["code"]!);
        await world.DataSource.DoAsync("delete from wolverine_dead_letters where source = 'copied'");
    }

    private static async Task<string[]> IdsAsync(World world)
    {
        var page = (await world.Storefront.ReadAsync("v1/dead-letters")).Json;

        return [.. page["deadLetters"]!.AsArray().Select(row => (string)row!["id"]!)];
    }
}
