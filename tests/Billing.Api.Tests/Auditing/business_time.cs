using System.Text.Json;
using Billing.Api.Tests.Specs;
using Billing.Domain.Preapprovals;

namespace Billing.Api.Tests.Auditing;

public class business_time
{
    public static TheoryData<string> Events => [.. StoredEvents.All.Select(stored => stored.Name)];

    [Theory]
    [MemberData(nameof(Events))]
    public void is_said_by_every_event(string name)
    {
        var stored = StoredEvents.All.Single(it => it.Name == name);
        var golden = File.ReadAllText(
            Path.Combine(LocalMachine.Root, "tests", "Billing.Domain.Tests", "Golden", $"{name}.json"));
        var happened = ((PreapprovalEvent)JsonSerializer.Deserialize(golden, stored.Json)!).HappenedAt;

        Assert.InRange(happened, DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(80));
        Assert.Contains(happened.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss"), golden, StringComparison.Ordinal);
    }
}
