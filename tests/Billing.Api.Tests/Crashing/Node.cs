using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Crashing;

/// <summary>The service as a process of its own, so that it can die.</summary>
internal static class Node
{
    /// <summary>The gateway accepts every send: only our own care prevents a second debit.</summary>
    public static readonly Dictionary<string, string?> Forgetful =
        new() { ["Sandbox__Dedupe"] = "off", ["Sandbox__ClockStart"] = "2030-01-10T12:00:00Z" };

    /// <param name="killAt">Where it kills itself with SIGKILL, for example charge:sending.</param>
    /// <param name="address">Another one than the world's, for a second node.</param>
    /// <param name="settings">Instead of a time-out of four seconds and a send window of six.</param>
    public static async Task<RunningProgram> StartAsync(
        World world, string? killAt = null, Uri? address = null, Dictionary<string, string?>? settings = null)
    {
        var all = new Dictionary<string, string?>(settings ?? []) { ["Logging__LogLevel__Default"] = "Warning" };
        all.TryAdd("Gateway__TimeoutSeconds", "4");
        all.TryAdd("Charging__SendWindowSeconds", "6");
        all.TryAdd("Charging__AnswerWithinSeconds", "25");

        if (killAt is not null)
        {
            all["Failpoints__KillAt"] = killAt;
        }

        var node = RunningProgram.Start(
            "Billing.Api", ["serve", "--urls", (address ?? world.Address).ToString()], world.Settings(all));

        try
        {
            await node.UntilReadyAsync(new Uri(address ?? world.Address, "health/ready"), mayEnd: killAt is not null);
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }

        return node;
    }

    /// <summary>The process is gone, and not because it wanted to go.</summary>
    public static async Task UntilKilledAsync(this RunningProgram node)
    {
        const int SigKill = 128 + 9;
        Assert.Equal(SigKill, await node.UntilExitAsync(TimeSpan.FromMinutes(3)));
    }

    /// <summary>What a storefront asks for and gets no answer to, because the service dies over it.</summary>
    public static async Task IgnoringTheCrash(Func<Task> asking)
    {
        try
        {
            await asking();
        }
        catch (HttpRequestException)
        {
            // The connection died with the process.
        }
    }
}
