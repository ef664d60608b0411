using Billing.Api.Tests.Auditing;
using Billing.Api.Tests.Specs;
using Billing.Testing;

namespace Billing.Api.Tests.Operating;

public class when_migrating
{
    [Fact]
    public async Task the_first_run_makes_the_schema_and_the_second_finds_it()
    {
        await using var database = await TestDatabase.CreateAsync();
        var environment = World.Settings(database.ConnectionString);

        (await Verbs.Run(environment, "migrate")).Ended(0).With("The schema was brought up to date.");
        (await Verbs.Run(environment, "migrate")).Ended(0).With("The schema is up to date.");
        Assert.Equal(0L, await database.DataSource.ScalarAsync("select count(*) from mt_events"));
        Assert.Equal(0L, await database.DataSource.ScalarAsync("select count(*) from wolverine_incoming_envelopes"));
    }

    [Fact]
    public async Task a_schema_that_may_hold_customers_data_is_not_dropped()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.DataSource.DoAsync($"create schema {TestDatabase.Schema} create table kept (id int)");
        var environment = World.Settings(database.ConnectionString);

        (await Verbs.Run(environment, "migrate", "--drop-schema", TestDatabase.Schema)).Ended(1)
            .With("Only billing_demo may be dropped this way");
        Assert.Equal(0L, await database.DataSource.ScalarAsync("select count(*) from kept"));
    }
}
