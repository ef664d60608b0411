using Billing.Api.Charging;
using Billing.Api.Tests.Specs;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Charging;

/// <summary>The sweep alone, in a service whose jobs and pump stand still: what it hands on stays due.</summary>
public class when_thousands_fall_due
{
    // Those of one day fall due at one moment, in any order of their ids.
    private const string Due =
        """
        insert into subscriptions (tenant_id, preapproval_id, merchant_preapproval_id, gateway_preapproval_id, method_id, status, is_paused,
            next_due_at, next_due_revision, next_due_on, next_due_attempt, drift, requested_at, is_forgotten, stream_version)
        select '30201', md5($1 || i)::uuid, $1 || i, null, 46, 'open', false, date '2020-01-01' + $2::int, 1, date '2020-01-01' + $2::int, 1, '', now(), false, 1
        from generate_series(1, $3::int) i
        """;

    [Fact]
    public async Task they_are_handed_on_once_and_what_falls_due_behind_them_soon()
    {
        await using var world = await World.WithoutServiceAsync();
        await world.StartServiceAsync(new Dictionary<string, string?> { ["Jobs:Enabled"] = "false" });
        var sweep = world.Services.GetRequiredService<Sweep>();

        await world.AskBooksAsync<object>(Due, "few", 10, 30);
        Assert.Equal(30, await sweep.RunOnceAsync(default));
        await world.AskBooksAsync<object>(Due, "behind", 9, 1);
        Assert.Equal(31, await sweep.RunOnceAsync(default));

        await world.AskBooksAsync<object>(Due, "many", 10, 20_000);
        Assert.Equal(20_031, await sweep.RunOnceAsync(default));
        await world.AskBooksAsync<object>(Due, "late", 11, 2);
        Assert.Equal(2, await sweep.RunOnceAsync(default));
        Assert.Equal(0, await sweep.RunOnceAsync(default));

        await world.AskBooksAsync<object>(Due, "behind all of them", 8, 1);
        await Subscribers.Until(async () => await sweep.RunOnceAsync(default) == 20_034);
        Assert.Equal(20_034, await world.AskBooksAsync<long>("select count(*) from messages where name = 'charge_due'"));
    }
}
