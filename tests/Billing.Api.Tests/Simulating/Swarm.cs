using Billing.Api.Tests.Crashing;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Simulating;

/// <summary>Several whole nodes in one process of its own, which share nothing but that they die together.</summary>
internal static class Swarm
{
    private const string Alive = "The swarm is alive.";

    /// <summary>
    /// Runs in a process of its own: so many nodes, each on a free port, until the process is killed.
    /// </summary>
    public static async Task Main(string[] arguments)
    {
        foreach (var _ in Enumerable.Range(
            0, int.Parse(arguments[0], System.Globalization.CultureInfo.InvariantCulture)))
        {
            await BillingApp.Build(["--urls", "http://127.0.0.1:0"]).StartAsync();
        }

        Console.WriteLine(Alive);
        await Task.Delay(Timeout.Infinite);
    }

    /// <summary>Returns at once; <see cref="UntilAliveAsync"/> waits for it.</summary>
    public static RunningProgram Start(World world, int nodes, Dictionary<string, string?>? settings = null) =>
        RunningProgram.StartAssembly(
            typeof(Swarm).Assembly.Location, [$"{nodes}"],
            world.Settings(new Dictionary<string, string?>(
                settings ?? Doomed.Hasty)
            { ["Logging__LogLevel__Default"] = "Error" }));

    public static async Task UntilAliveAsync(this RunningProgram swarm)
    {
        while (!swarm.Output.Contains(Alive, StringComparison.Ordinal))
        {
            Assert.False(swarm.HasExited, swarm.Output);
            await Task.Delay(30);
        }
    }
}
