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
        var environment = new Dictionary<string, string?> { ["ConnectionStrings__Billing"] = database.ConnectionString };

        (await Verbs.Run(environment, "migrate")).Ended(0).With("Applied: event_store/001_events, event_store/002_log, messaging/001_messages, billing/001_books");
        (await Verbs.Run(environment, "migrate")).Ended(0).With("The schema is up to date.");
        Assert.Equal(0L, await database.DataSource.ScalarAsync("select count(*) from mt_events"));
    }

    [Fact]
    public async Task books_are_not_dropped()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.DataSource.DoAsync("create table kept (id int)");
        var environment = new Dictionary<string, string?> { ["ConnectionStrings__Billing"] = database.ConnectionString };

        (await Verbs.Run(environment, "migrate", "--drop-schema", database.Schema)).Ended(1).With("Only billing_demo may be dropped this way");
        Assert.Equal(0L, await database.DataSource.ScalarAsync("select count(*) from kept"));
    }
}
