using System.Text.Json.Nodes;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Importing;

/// <summary>The days of an import, and those after it.</summary>
[Keeps(Promise.NeverChargedTwice, Promise.ViewsEqualReplay)]
public class when_an_imported_subscription_falls_due
{
    [Fact]
    public async Task it_is_charged_on_its_next_date_once_and_counts_as_no_new_revenue()
    {
        await using var world = await World.StartAsync(
            new Dictionary<string, string?> { ["Sandbox__ClockStart"] = "2030-01-10T12:00:00Z" },
            new Dictionary<string, string?> { ["Charging__AskAgainSeconds"] = "0.2" });
        var ids = await world.Sandbox.HasAsync(3);

        // The gateway is away at first: the rows wait, and none is refused.
        await world.Sandbox.MisbehaveAsync(
            new JsonObject { ["operation"] = "read", ["action"] = "error_500", ["times"] = 5 });
        var import = await world.ImportAsync(Imports.File(ids.Select(id => Imports.Row(id))));
        Assert.Equal("done, 3 rows, 3 imported", Imports.Counts(import));
        var rows = await world.RowsAsync(import);
        Subscriber[] subscribers =
        [
            .. rows.Select(row => new Subscriber(
                world, (int)row["preapprovalId"]!, (Guid)row["subscriptionId"]!, "")),
        ];

        await world.AdvanceAsync("P20D");
        Assert.Empty(await world.Sandbox.LedgerAsync());
        await world.AdvanceAsync("P1D");

        Assert.Equal(
            ids.Select(id => $"{id}-300131-1"),
            (await world.Sandbox.LedgerAsync()).Select(charge => (string)charge!["merchantTransactionId"]!).Order());
        await world.AdvanceAsync("P28D");
        Assert.Equal(
            ids.SelectMany(id => (string[])[$"{id}-300131-1", $"{id}-300228-1"]),
            (await world.Sandbox.LedgerAsync()).Select(charge => (string)charge!["merchantTransactionId"]!).Order());
        await Witness.OneTruthAsync(world, subscribers);

        JsonNode january = null!;
        await Waiting.Until("the reports have it", async () =>
        {
            var report = (await world.Storefront.ReadAsync(
                "v1/reports/recurring-revenue?from=2030-01&to=2030-02")).Json;
            january = report["rows"]!.AsArray().FirstOrDefault()!;

            return (double)report["behindSeconds"]! == 0 && january is not null;
        });
        Assert.Equal(
            (0, 3 * 4990, 3 * 4990),
            ((int)january["newMinor"]!, (int)january["importedMinor"]!, (int)january["changeMinor"]!));
    }
}
