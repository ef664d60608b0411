using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Refunding;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Crashing;

/// <summary>
/// Five nodes die, each at another step of a refund. One node stays; its storefront repeats each request.
/// </summary>
/// <remarks>
/// The gateway takes every send for a new refund, and each payment is large enough for two. The node that dies while it
/// sends is killed once the gateway has the refund, which it does not answer; the others die at a failpoint.
/// </remarks>
public sealed class RefundsAmongCrashes : ServicelessWorld
{
    /// <summary>BRL, hundredths.</summary>
    public const long Hundredths = 2000;

    private const string Sending = "refund:sending";

    public static readonly string[] Points =
    [
        "refund:checking", Sending, "refund:answered", "record_refund:committing", "record_refund:committed",
    ];

    // The node that stays looks a refund up when the window is over: by then each other node has reached its point,
    // though five of them have their first request at once.
    private static readonly Dictionary<string, string?> Patient = new(Doomed.Hasty)
    {
        ["Gateway__TimeoutSeconds"] = "4", ["Charging__SendWindowSeconds"] = "30",
    };

    private Dictionary<string, Crash> crashes = [];

    /// <summary>What became of the refund of one point.</summary>
    /// <param name="Received">How many refunds the gateway received for the payment.</param>
    /// <param name="Status">As our own API shows it.</param>
    /// <param name="Owner">Who has to decide; null when it is settled.</param>
    /// <param name="WentBack">What left the merchant, in hundredths; the gateway's ledger says so.</param>
    public sealed record Crash(int ExitCode, int Received, string Status, string? Owner, long WentBack);

    public Crash At(string point) => crashes[point];

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await using var staying = await Node.StartAsync(World, settings: Patient);
        var payments = await Task.WhenAll(Points.Select(_ => Payment.MadeAsync(World, 2 * Hundredths)));
        var exits = await CrashAsync(payments);

        // The look-up after the crash, the quiet period and the next look-up, then the day that a refund takes.
        await World.UntilIdle();
        await World.AdvanceAsync("PT11M");
        await World.AdvanceAsync("PT61M");
        await World.AdvanceAsync("P1D");

        var shown = await Task.WhenAll(payments.Zip(exits, ShownAsync));
        crashes = Points.Zip(shown).ToDictionary();
        await Witness.ProveRecordsAsync(World);
    }

    // All are ready before the first dies: none is late enough to look up the refund of another.
    private async Task<int[]> CrashAsync(Payment[] payments)
    {
        var nodes = await Task.WhenAll(Points.Select(StartAsync));

        try
        {
            return await Task.WhenAll(nodes.Zip(payments, RefundAsync));
        }
        finally
        {
            await Task.WhenAll(nodes.Select(node => node.Program.DisposeAsync().AsTask()));
        }
    }

    private async Task<DoomedNode> StartAsync(string point)
    {
        var address = new Uri($"http://127.0.0.1:{LocalMachine.FreePort()}/");
        var settings = new Dictionary<string, string?>(Patient);

        if (point != Sending)
        {
            settings["Failpoints__KillAt"] = point;
        }

        var program = await Doomed.StartAsync(World, address, settings);

        return new DoomedNode(point, address, program);
    }

    private async Task<int> RefundAsync(DoomedNode node, Payment payment)
    {
        if (node.Point == Sending)
        {
            await payment.Subscriber.Misbehave("refund", "act_then_timeout");
        }

        using var storefront = World.Client("30201", "storefront-key-30201");
        storefront.BaseAddress = node.Address;

        // More than was paid: nothing is recorded or sent, and the decision's code is compiled before the window opens.
        await storefront.PostBodyAsync(
            $"v1/payments/{payment.Id}/refunds", Payment.Body(payment.Reference("refused"), 3 * Hundredths));
        var asking = Node.IgnoringTheCrash(() => storefront.PostBodyAsync(
            $"v1/payments/{payment.Id}/refunds", Payment.Body(payment.Reference("crashed"), Hundredths)));

        if (node.Point == Sending)
        {
            await Waiting.Until("the gateway has the refund", async () => await payment.ReceivedAsync() == 1);
            await node.Program.KillAsync();
        }

        await asking;
        var exit = await node.Program.UntilExitAsync(TimeSpan.FromMinutes(3));

        // A storefront that got no answer asks the other node for the same refund.
        await payment.RefundAsync("crashed", Hundredths);

        return exit;
    }

    private static async Task<Crash> ShownAsync(Payment payment, int exitCode)
    {
        var refund = Assert.Single((await payment.ViewAsync())["refunds"]!.AsArray())!;

        return new Crash(
            exitCode, await payment.ReceivedAsync(), (string)refund["status"]!, (string?)refund["owner"],
            (long)(await payment.LedgerAsync())["wentBack"]!);
    }

    private sealed record DoomedNode(string Point, Uri Address, RunningProgram Program);
}
