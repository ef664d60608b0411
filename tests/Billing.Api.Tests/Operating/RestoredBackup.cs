using System.Text.Json.Nodes;
using Billing.Api.Mandates;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Operating;

/// <summary>
/// A backup is restored that knows neither the PATCH of one preapproval nor the create of another one. The gateway has
/// charged a period of both since. The preapproval that is missing is imported and gets a schedule again.
/// </summary>
/// <remarks>
/// The gateway refuses a MerchantTransactionID that it has with code 20, and sends no notification again.
/// </remarks>
public sealed class RestoredBackup : SharedWorld
{
    /// <summary>4990 in the backup; 5990 was charged for the period of 10 February.</summary>
    public Subscriber Changed { get; private set; } = null!;

    /// <summary>
    /// The imported one. Its periods of 10 January and 10 February were charged before, 4990 each; it costs 6990 now.
    /// </summary>
    public Subscriber Imported { get; private set; } = null!;

    // A machine that pauses for seconds neither closes a send window nor lets a call time out.
    protected override Dictionary<string, string?> Settings => new(base.Settings)
    {
        ["Charging__MaxInFlight"] = "16", ["Charging__SendWindowSeconds"] = "30", ["Gateway__TimeoutSeconds"] = "20",
        ["Drift__CallsPerSecond"] = "500",
    };

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Changed = await Subscriber.Open(World, EveryPeriod(4990));
        await World.StopServiceAsync();
        var backup = await World.BackUpAsync();

        await World.StartServiceAsync(Settings);
        await Changed.Change(EveryPeriod(5990));
        var lost = await Subscriber.Open(World, EveryPeriod(4990));
        await World.AdvanceAsync("P1M");
        Assert.Equal(["charged", "charged"], await Changed.Statuses());
        Assert.Equal(["charged", "charged"], await lost.Statuses());

        await World.StopServiceAsync();
        await World.RestoreAsync(backup);
        await World.StartServiceAsync(Settings);
        await World.UntilIdle();
        await ImportAsync(lost);
        await World.AdvanceAsync("P1M");
    }

    private static JsonObject EveryPeriod(long amountMinor) =>
        Subscriber.Schedule(amountMinor, firstDueOn: "2030-01-10", catchUp: "bill_all");

    private async Task ImportAsync(Subscriber lost)
    {
        var recovered = await World.Services.GetRequiredService<Recovery>().RunAsync("30201", 50, "maria", default);
        Assert.Equal([lost.GatewayId], recovered);
        var found = await World.Storefront.ReadAsync(
            $"v1/subscriptions?merchantPreapprovalId={lost.MerchantPreapprovalId}");
        Imported = lost with { Id = (Guid)found.Json["subscriptions"]![0]!["id"]! };
        await Imported.Change(EveryPeriod(6990));
        await World.UntilIdle();
    }
}
