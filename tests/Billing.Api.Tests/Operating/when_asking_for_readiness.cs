using Billing.Api.Health;
using Billing.Api.Tests.Auditing;
using Billing.Messaging;
using Billing.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Operating;

public class when_asking_for_readiness
{
    private static readonly DateTimeOffset BusinessNow = new(2031, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task the_oldest_waiting_message_is_told_in_seconds_each_by_its_own_clock()
    {
        await using var database = await TestDatabase.CreateAsync();
        await BillingServices.Schema(database.DataSource).ApplyAsync(default);
        await using var services = Parts(database);
        var (books, bus) = (database.DataSource, services.GetRequiredService<MessageBus>());

        Assert.Equal(new Readiness("ready", 0, null, 0, 0, 0, 0, 0, [], [], null), await Readiness.AskAsync(books, bus, null, BusinessNow, default) with { Projections = [], Breakers = [] });

        // Due later, leased, or backing off: it does not wait.
        await InsertAsync("due_at", BusinessNow.AddHours(1));
        await InsertAsync("due_at, token, leased_until", BusinessNow.AddHours(-1), "gen_random_uuid(), clock_timestamp() + interval '1 minute'");
        await InsertAsync("due_at, available_at", BusinessNow.AddHours(-1), "clock_timestamp() + interval '1 minute'");
        Assert.Null((await Readiness.AskAsync(books, bus, null, BusinessNow, default)).OldestWaitingSeconds);

        await InsertAsync("due_at", BusinessNow.AddSeconds(-120));
        Assert.Equal(120, (await Readiness.AskAsync(books, bus, null, BusinessNow, default)).OldestWaitingSeconds);

        await InsertAsync("due_at, available_at", BusinessNow.AddHours(-1), "clock_timestamp() - interval '300 seconds'", lane: "network");
        Assert.InRange((await Readiness.AskAsync(books, bus, null, BusinessNow, default)).OldestWaitingSeconds!.Value, 300, 360);

        Task<int> InsertAsync(string columns, DateTimeOffset due, string? more = null, string lane = "aggregate") => books.DoAsync(
            $"insert into messages (id, lane, name, body, {columns}) values (gen_random_uuid(), '{lane}', 'charge_due', '{{}}', $1{(more is null ? "" : ", " + more)})", due);
    }

    internal static ServiceProvider Parts(TestDatabase database) => new ServiceCollection()
        .AddLogging()
        .AddBilling(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Billing"] = database.ConnectionString,
            ["Sites:30201:ApiKey"] = "storefront-key",
            ["Sites:30201:GatewayApiKey"] = "gateway-key",
            ["Sealing:MasterKey"] = Convert.ToBase64String(new byte[32]),
            ["Sealing:IndexKey"] = Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(i => (byte)i)]),
        }).Build())
        .BuildServiceProvider();
}
