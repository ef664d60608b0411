using System.Net;
using Billing.Sandbox.Settings;
using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class when_the_sandbox_restarts
{
    [Fact]
    public async Task everything_survives_with_a_state_path()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("sandbox").FullName, "state.jsonl");
        await using var merchant = await Merchant.StartAsync();
        var before = await World.StartAsync(merchant, "StatePath=" + path);
        var open = await before.AnOpenPreapprovalAsync(84, country: "NL");
        var first = await before.ChargeAsync(open, currency: "EUR", requestId: "r1");
        await before.RuleAsync("""{"operation":"charge","action":"decline","times":2}""");
        await before.ChargeAsync(open, "t2", currency: "EUR");
        await before.AdvanceAsync("PT12H");
        await before.UntilIdleAsync();
        var notified = merchant.All.Count;
        var clock = await before.NowAsync();
        var ledger = (await before.ToolAsync(HttpMethod.Get, "/sandbox/ledger")).Text;
        await before.StopAsync();

        var after = await World.StartAsync(merchant, "StatePath=" + path);

        Assert.Equal(ledger, (await after.ToolAsync(HttpMethod.Get, "/sandbox/ledger")).Text);
        Assert.InRange(await after.NowAsync(), clock, clock.AddMinutes(5));
        Assert.Equal(first.Text, (await after.ChargeAsync(open, currency: "EUR", requestId: "r1")).Text);
        Assert.Equal("20", (await after.ChargeAsync(open, "t2", currency: "EUR")).Codes);
        Assert.Equal(2, (await after.GetAsync($"/v1/preapprovals/{open}")).Preapproval.GetProperty("Status").Int("ID"));
        Assert.Equal(notified, merchant.All.Count);
        await after.AdvanceAsync("P3D");
        await after.UntilIdleAsync();
        Assert.Equal(1, (await after.LedgerAsync("t1")).Int("captured"));
        Assert.Equal(notified + 1, merchant.All.Count);
        Assert.Equal(4218, (await after.PostAsync("/v1/preapprovals", A.Preapproval("new"))).Preapproval.Int("ID"));
        await after.StopAsync();
    }

    [Fact]
    public async Task an_undelivered_notification_goes_on()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("sandbox").FullName, "state.jsonl");
        await using var merchant = await Merchant.StartAsync();
        merchant.Answers = _ => 500;
        var before = await World.StartAsync(merchant, "StatePath=" + path);
        await before.AnOpenPreapprovalAsync();
        await merchant.ReceivedAsync(1);
        await before.StopAsync();
        var notified = merchant.All.Count;
        merchant.Answers = _ => 204;

        var after = await World.StartAsync(merchant, "StatePath=" + path);

        await merchant.ReceivedAsync(notified + 1);
        await after.UntilIdleAsync();
        await after.StopAsync();
    }

    [Fact]
    public async Task a_row_cut_short_by_a_kill_is_left_out()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("sandbox").FullName, "state.jsonl");
        var before = await World.StartAsync("StatePath=" + path);
        await before.PostAsync("/v1/preapprovals", A.Preapproval());
        await before.DisposeAsync();
        await File.AppendAllTextAsync(path, "{\"Kind\":\"preapproval\",\"Row\":{\"Id\":42");

        await using var after = await World.StartAsync("StatePath=" + path);

        Assert.Equal(HttpStatusCode.OK, (await after.GetAsync("/v1/preapprovals/4217")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await after.GetAsync("/v1/preapprovals/42")).Status);
    }

    [Fact]
    public async Task another_kind_of_file_is_refused_by_name()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("sandbox").FullName, "notes.txt");
        await File.WriteAllTextAsync(path, "not ours\nat all\n");

        Assert.Contains(
            "Sandbox__StatePath",
            Assert.Throws<SandboxSettingException>(() => SandboxApp.Build(["--Sandbox:StatePath=" + path])).Message,
            StringComparison.Ordinal);
        Assert.Equal("not ours\nat all\n", await File.ReadAllTextAsync(path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("notes.txt/state.jsonl")]
    public async Task a_path_that_cannot_be_written_is_refused_by_name(string path)
    {
        var directory = Directory.CreateTempSubdirectory("sandbox").FullName;
        await File.WriteAllTextAsync(Path.Combine(directory, "notes.txt"), "not ours\n");

        var refused = Assert.Throws<SandboxSettingException>(
            () => SandboxApp.Build(["--Sandbox:StatePath=" + Path.Combine(directory, path)]));

        Assert.StartsWith($"Sandbox__StatePath: {directory}", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task reset_forgets_everything(bool onDisk)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("sandbox").FullName, "state.jsonl");
        var world = await World.StartAsync(onDisk ? ["StatePath=" + path] : []);
        var open = await world.AnOpenPreapprovalAsync();
        await world.ChargeAsync(open);
        await world.RuleAsync("""{"operation":"charge","action":"decline"}""");
        await world.AdvanceAsync("P1Y");

        Assert.Equal(HttpStatusCode.NoContent, (await world.ToolAsync(HttpMethod.Post, "/sandbox/reset")).Status);
        await world.ToolAsync(HttpMethod.Post, "/sandbox/fixtures", """{"Preapprovals":[{"ID":77}]}""");
        if (onDisk)
        {
            await world.DisposeAsync();
            world = await World.StartAsync("StatePath=" + path);
        }

        Assert.Equal(HttpStatusCode.OK, (await world.GetAsync("/v1/preapprovals/77")).Status);

        Assert.Equal("""{"charges":[]}""", (await world.ToolAsync(HttpMethod.Get, "/sandbox/ledger")).Text);
        Assert.Equal(
            """{"notifications":[]}""", (await world.ToolAsync(HttpMethod.Get, "/sandbox/notifications")).Text);
        Assert.Equal("""{"rules":[]}""", (await world.ToolAsync(HttpMethod.Get, "/sandbox/scenarios")).Text);
        Assert.Equal(
            """{"idle":true,"pendingNotifications":0,"pendingChanges":0}""",
            (await world.ToolAsync(HttpMethod.Get, "/sandbox/idle")).Text);
        Assert.InRange(
            await world.NowAsync(), DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Equal(4217, (await world.PostAsync("/v1/preapprovals", A.Preapproval())).Preapproval.Int("ID"));
        await world.DisposeAsync();
    }
}
