using System.Net;
using System.Text.RegularExpressions;
using Billing.Sandbox.Settings;
using Billing.Sandbox.Tests.Worlds;

namespace Billing.Sandbox.Tests;

public class when_configuring
{
    [Theory]
    [InlineData("http://0.0.0.0:5081")]
    [InlineData("http://*:5081")]
    [InlineData("http://[::]:5081")]
    [InlineData("http://127.0.0.1:5081;http://192.168.1.1:5081")]
    [InlineData("http://example.com:5081")]
    public void a_remote_address_needs_permission(string urls)
    {
        var refused = Assert.Throws<SandboxSettingException>(() => SandboxApp.Build(["--urls=" + urls]));
        Assert.Contains("Sandbox__AllowRemote", refused.Message, StringComparison.Ordinal);

        using var allowed = SandboxApp.Build(["--urls=" + urls, "--Sandbox:AllowRemote=true"]);
        Assert.NotNull(allowed);
    }

    [Fact]
    public void a_remote_kestrel_endpoint_needs_permission_too() =>
        Assert.Throws<SandboxSettingException>(
            () => SandboxApp.Build(["--Kestrel:Endpoints:Http:Url=http://0.0.0.0:5081"]));

    [Theory]
    [InlineData("http://localhost:5081")]
    [InlineData("http://[::1]:5081")]
    public void loopback_needs_none(string urls)
    {
        using var app = SandboxApp.Build(["--urls=" + urls]);
        Assert.NotNull(app);
    }

    [Theory]
    [InlineData("--urls=nonsense", "nonsense")]
    [InlineData("--Sandbox:Dedupe=maybe", "Sandbox__Dedupe")]
    [InlineData("--Sandbox:StrictMethods=maybe", "Sandbox__StrictMethods")]
    [InlineData("--Sandbox:ClockStart=soon", "Sandbox__ClockStart")]
    [InlineData("--Sandbox:SepaDays=-1", "Sandbox__SepaDays")]
    [InlineData("--Sandbox:Sites:abc:ApiKey=x", "Sandbox__Sites__abc")]
    [InlineData("--Sandbox:Sites:5:NotificationUrl=http://127.0.0.1", "Sandbox__Sites__5__ApiKey")]
    [InlineData("--Sandbox:Dedup=off", "Sandbox__Dedup does not exist; did you mean Sandbox__Dedupe?")]
    [InlineData(
        "--Sandbox:Sites:5:NotifyUrl=x",
        "Sandbox__Sites__5__NotifyUrl does not exist; did you mean Sandbox__Sites__5__NotificationUrl?")]
    public void a_wrong_setting_is_named(string argument, string name) =>
        Assert.Contains(
            name, Assert.Throws<SandboxSettingException>(() => SandboxApp.Build([argument])).Message,
            StringComparison.Ordinal);

    [Fact]
    public void every_setting_of_the_page_exists_with_the_values_that_it_states()
    {
        var page = File.ReadAllText(Path.Combine(globalpay_facts.Root, "docs", "configuration.md"));
        var part = page[page.IndexOf("## The simulator", StringComparison.Ordinal)..];
        var rows = Regex.Matches(part, @"(?m)^\| `Sandbox__(\w+)` \| ([^|]+) \| ([^|]+) \|")
            .Select(row => (Name: row.Groups[1].Value, Default: row.Groups[2].Value, Values: row.Groups[3].Value))
            .ToList();

        Assert.True(rows.Count > 8, $"{rows.Count} settings");
        Assert.All(rows, row =>
        {
            var values = row.Values is "on, off" or "true, false"
                ? row.Values.Split(", ")
                : [Example(row.Name, row.Default)];

            Assert.All(values, value =>
            {
                using var app = SandboxApp.Build([$"--Sandbox:{row.Name}={value}"]);
                Assert.NotNull(app);
            });
        });
    }

    [Fact]
    public async Task it_says_that_it_lives()
    {
        await using var world = await World.StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await world.ToolAsync(HttpMethod.Get, "/health/live")).Status);
    }

    [Fact]
    public async Task sepa_days_and_public_address_are_settings()
    {
        await using var world = await World.StartAsync("SepaDays=1", "PublicAddress=https://sandbox.example/");
        var mandate = await world.AnOpenPreapprovalAsync(84, country: "NL");
        await world.ChargeAsync(mandate, currency: "EUR");
        await world.AdvanceAsync("P1D");
        await world.UntilIdleAsync();

        Assert.Equal(1, (await world.LedgerAsync("t1")).Int("captured"));
        Assert.StartsWith(
            "https://sandbox.example/MercadoPago2/",
            (await world.PostAsync("/v1/preapprovals", A.Preapproval("b"))).Preapproval.Text("RedirectURL"),
            StringComparison.Ordinal);
    }

    private static string Example(string setting, string standard) => setting switch
    {
        "SepaDays" => standard,
        "ClockStart" => "2030-01-10T12:00:00Z",
        "StatePath" => "",
        _ => "http://127.0.0.1",
    };
}
