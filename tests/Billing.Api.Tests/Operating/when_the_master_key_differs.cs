using Billing.Api.Tests.Specs;
using Billing.Audit.Sealing;
using Marten;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Operating;

/// <summary>What one key has sealed another one cannot open: the start stops before anything is written.</summary>
public class when_the_master_key_differs
{
    [Fact]
    public async Task another_master_key_than_that_of_the_database_stops_the_start_and_every_verb_that_unseals()
    {
        await using var world = await World.StartAsync();
        var subscriber = await Subscriber.Pending(world);
        var before = await KeysAsync();
        var other = new Dictionary<string, string?>(world.Settings())
        {
            ["Sealing__MasterKey"] = Convert.ToBase64String([.. Enumerable.Range(7, 32).Select(i => (byte)i)]),
        };
        string[][] verbs =
        [
            ["serve", "--urls", $"http://127.0.0.1:{LocalMachine.FreePort()}"],
            ["audit", "replay", $"{subscriber.Id}", "--site", "30201", "--unseal"],
            ["answers", "dismiss", $"{Guid.NewGuid()}", "--by", "me", "--because", "looked at"],
            ["answers", "show", $"{Guid.NewGuid()}", "--unseal"],
            ["notifications", "show", $"{Guid.NewGuid()}", "--site", "30201", "--body"],
        ];

        foreach (var verb in verbs)
        {
            var ended = await Verbs.Run(other, verb);

            ended.Ended(2).With("Setting Sealing__MasterKey is not the key that this database was written with.");
            ended.Without("   at ").Without("nothing was written");
        }

        Assert.Equal(before, await KeysAsync());

        Task<long> KeysAsync() => world.QueryAsync<long>("select count(*) from mt_doc_masterkeycheck");
    }

    [Fact]
    public async Task of_nodes_that_start_at_once_on_an_empty_database_only_those_with_one_key_are_accepted()
    {
        await using var world = await World.WithoutServiceAsync();
        await using var parts = world.Parts();
        var store = parts.Services.GetRequiredService<IDocumentStore>();
        var keys = Enumerable.Range(0, 8).Select(i => new MasterKey([.. Enumerable.Range(i, 32).Select(b => (byte)b)]));

        var known = await Task.WhenAll(keys.Select(key => MasterKeyCheck.IsKnownAsync(store, key, ["30201"], default)));

        Assert.Single(known, isKnown => isKnown);
        Assert.Equal(1, await world.QueryAsync<long>("select count(*) from mt_doc_masterkeycheck"));
    }

    [Fact]
    public async Task a_database_with_data_keys_and_no_check_value_takes_only_the_key_that_opens_them()
    {
        await using var world = await World.StartAsync();
        await Subscriber.Pending(world);
        await world.StopServiceAsync();
        await world.QueryAsync<object>("delete from mt_doc_masterkeycheck");
        var other = new Dictionary<string, string?>(world.Settings())
        {
            ["Sealing__MasterKey"] = Convert.ToBase64String([.. Enumerable.Range(7, 32).Select(i => (byte)i)]),
        };

        (await Verbs.Run(other, "serve", "--urls", world.Address.ToString())).Ended(2)
            .With("Setting Sealing__MasterKey is not the key that this database was written with.");

        Assert.Equal(0, await world.QueryAsync<long>("select count(*) from mt_doc_masterkeycheck"));
        await world.StartServiceAsync();
        Assert.Equal(1, await world.QueryAsync<long>("select count(*) from mt_doc_masterkeycheck"));
    }
}
