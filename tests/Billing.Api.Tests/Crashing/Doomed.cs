using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Crashing;

/// <summary>The second node, which the gateway notifies, with the shortest possible send window.</summary>
internal static class Doomed
{
    /// <summary>"Not found" is believed six seconds after a send window began: window, time-out, one more.</summary>
    public static readonly Dictionary<string, string?> Hasty = new()
    {
        ["Gateway__TimeoutSeconds"] = "2", ["Charging__SendWindowSeconds"] = "3",
        ["Charging__AnswerWithinSeconds"] = "5", ["Logging__LogLevel__Default"] = "Warning",
        ["Charging__LookUpMinutes__0"] = "5", ["Charging__LookUpMinutes__1"] = "60",
        ["Charging__LookUpMinutes__2"] = "60",
    };

    /// <summary>
    /// The surviving node sweeps less often, so that the other one reaches its point; creates have more time there.
    /// </summary>
    public static readonly Dictionary<string, string?> Slow = new(Hasty)
    {
        ["Jobs__IntervalMilliseconds"] = "1000", ["Gateway__TimeoutSeconds"] = "5",
        ["Charging__SendWindowSeconds"] = "6", ["Charging__AnswerWithinSeconds"] = "20",
    };

    /// <summary>It may die or stop while it starts: what it dies of may be waiting already.</summary>
    /// <param name="settings">Its failpoint, and what differs from <see cref="Hasty"/>.</param>
    public static async Task<RunningProgram> StartAsync(World world, Uri address, Dictionary<string, string?> settings)
    {
        var all = new Dictionary<string, string?>(Hasty);

        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        var node = RunningProgram.Start(
            "Billing.Api", ["serve", "--urls", address.ToString()], world.Settings(all));
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };

        while (!node.HasExited && !node.IsStopped() && !await IsReadyAsync(http, new Uri(address, "health/ready")))
        {
            await Task.Delay(30);
        }

        return node;
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, Uri health)
    {
        try
        {
            using var answer = await http.GetAsync(health);

            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }
}
