using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Charging;

/// <summary>One world for a class of independent tests. It begins on a fixed day, which fixes the months.</summary>
public class SharedWorld : IAsyncLifetime
{
    public World World { get; private set; } = null!;

    /// <summary>Patient: on a busy machine a healthy call must not look like a lost one.</summary>
    protected virtual Dictionary<string, string?> Settings => new()
    {
        ["Gateway__TimeoutSeconds"] = "8",
        ["Charging__SendWindowSeconds"] = "5",
        ["Charging__AnswerWithinSeconds"] = "25",
        ["Charging__QuietMinutes"] = "20",
        ["Charging__MaxInFlight"] = "2",
    };

    protected virtual string Start => "2030-01-10T12:00:00Z";

    protected virtual string? NotificationUrl => null;

    public virtual async Task InitializeAsync()
    {
        var sandbox = new Dictionary<string, string?> { ["Sandbox__ClockStart"] = Start };

        if (NotificationUrl is { } url)
        {
            sandbox["Sandbox__Sites__30201__NotificationUrl"] = url;
        }

        World = await World.StartAsync(sandbox, Settings);
    }

    public virtual async Task DisposeAsync() => await World.DisposeAsync();
}
