using System.Text.RegularExpressions;
using Billing.Api.Hosting;
using Billing.Api.Tests.Specs;
using Microsoft.Extensions.Configuration;

namespace Billing.Api.Tests.Operating;

/// <summary>A misspelt setting would be ignored, and the default would hold unseen: it stops every start.</summary>
public class when_a_setting_does_not_exist
{
    [Theory]
    [InlineData("Gateway:TimeoutSecond", "Gateway__TimeoutSeconds")]
    [InlineData("Gateway:TimeoutSeconds:0", "Gateway__TimeoutSeconds")]
    [InlineData("Sites:30201:ApiKy", "Sites__30201__ApiKey")]
    [InlineData("Sealing:IndxKey", "Sealing__IndexKey")]
    [InlineData("charging:refund_paid_twice", "Charging__RefundPaidTwice")]
    [InlineData("Charging:QuietMinute", "Charging__QuietMinutes")]
    [InlineData("Profiles:84:Color", "Profiles__84__Roll")]
    [InlineData("Drift:EveryHour", "Drift__EveryHours")]
    [InlineData("Jobs:Enable", "Jobs__Enabled")]
    [InlineData("Notifications:Source:0", "Notifications__Sources__0")]
    [InlineData("Sandbox:Enable", "Sandbox__Enabled")]
    [InlineData("Sandbox:Sites:30201:ApiKeys", "Sandbox__Sites__30201__ApiKey")]
    [InlineData("Failpoints:KilAt", "Failpoints__KillAt")]
    [InlineData("ConnectionStrings:Biling", "ConnectionStrings__Billing")]
    [InlineData("Notification:Confirm", "Notifications__Confirm")]
    [InlineData("Chargng:PageSize", "Charging__PageSize")]
    public void it_is_named_with_the_nearest_that_exists(string setting, string nearest)
    {
        var refusal = Assert.Throws<SettingException>(() => Check(setting));

        Assert.Equal(setting.Replace(":", "__", StringComparison.Ordinal), refusal.Setting);
        Assert.Equal($"Setting {refusal.Setting} does not exist; did you mean {nearest}?", refusal.Message);
    }

    [Fact]
    public async Task it_stops_the_service_verbs_the_libraries_verbs_and_the_simulator()
    {
        var wrong = new Dictionary<string, string?> { ["Jobs__Enable"] = "false", ["Sandbox__AutoAprove"] = "on" };

        foreach (var verb in new[] { "serve", "audit verify", "resources list" })
        {
            (await Verbs.Run(wrong, verb.Split(' '))).Ended(2)
                .With("Setting Jobs__Enable does not exist; did you mean Jobs__Enabled?").Without("   at ");
        }

        await using var sandbox = RunningProgram.Start("Billing.Sandbox", [], wrong);
        new Ending(await sandbox.UntilExitAsync(TimeSpan.FromMinutes(1)), sandbox.Output).Ended(2)
            .With("Setting Sandbox__AutoAprove does not exist; did you mean Sandbox__AutoApprove?").Without("   at ");
    }

    [Fact]
    public void every_setting_that_a_document_names_exists_and_what_is_not_ours_is_left_alone()
    {
        var named = Documents.All.SelectMany(document => Regex.Matches(document.Text, @"\b[A-Z]\w*?__[\w<>*]+"))
            .Select(setting => Regex.Replace(setting.Value, @"<\w+>", "1").Replace("__", ":", StringComparison.Ordinal))
            .Select(setting => setting.EndsWith(':') ? setting + "Version" : setting)
            .Distinct().ToList();

        Assert.True(named.Count > 60, $"{named.Count} settings");
        Check([.. named, "ConnectionStrings:Other", "Kestrel:Limits:MaxConcurrentConnections", "Logs:Path"]);
    }

    private static void Check(params string[] settings) => BillingOptions.Known.CheckNames(
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(name => KeyValuePair.Create(name, (string?)"1"))).Build());
}
