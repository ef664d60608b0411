using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Sites;
using Billing.Api.Notifications;
using Billing.Api.Reconciliation;
using Billing.Api.Tests.Specs;
using Billing.Gateway;
using Microsoft.Extensions.Configuration;

namespace Billing.Api.Tests.Operating;

/// <summary>docs/configuration.md as a test: its names, ranges and defaults are those of the code.</summary>
public class the_page_of_the_settings
{
    private static readonly string File = Path.Combine(LocalMachine.Root, "docs", "configuration.md");

    // What a configuration cannot do without. The sandbox mode lets failpoints be read.
    private static readonly Dictionary<string, string?> Least = new()
    {
        ["Gateway:BaseAddress"] = "http://127.0.0.1:1",
        ["Sites:30201:ApiKey"] = "storefront-key",
        ["Sites:30201:GatewayApiKey"] = "gateway-key",
    };

    public static TheoryData<string> Defaults =>
        [.. SettingsPage.Parts[0].Rows.Where(row => ValueOf(row) is not null).Select(row => row.Name)];

    [Fact]
    public void says_what_the_code_knows()
    {
        var page = Page();

        if (Environment.GetEnvironmentVariable("BILLING_WRITE_DOCS") == "1")
        {
            System.IO.File.WriteAllText(File, page);
        }

        Assert.True(
            page == System.IO.File.ReadAllText(File),
            "docs/configuration.md differs from the settings; BILLING_WRITE_DOCS=1 with this test writes it.");
    }

    [Theory]
    [MemberData(nameof(Defaults))]
    public void a_default_that_is_set_changes_nothing_and_another_value_does(string name)
    {
        var row = SettingsPage.Parts[0].Rows.Single(row => row.Name == name);
        var standard = ValueOf(row)!;
        var unset = Fingerprint([]);

        Assert.Equal(unset, Fingerprint(Setting(name, standard)));
        Assert.Contains(Others(row), other => Fingerprint(Setting(name, other)) != unset);
    }

    private static string Page()
    {
        var known = KnownSettings.Names.ToList();
        var listed = known.Where(name => !known.Contains(name + "__*"))
            .Select(name => name.StartsWith("Profiles__", StringComparison.Ordinal) ? "Profiles__*__…" : name)
            .ToHashSet();
        var rows = SettingsPage.Parts.SelectMany(part => part.Rows).Select(row => row.Name).ToList();

        Assert.Empty(listed.Except(rows));
        Assert.Empty(rows.Except(listed));
        Assert.Equal(rows.Distinct(), rows);

        var tables = SettingsPage.Parts.Select(part =>
            $"## {part.Title}\n\n| setting | default | values | meaning |\n|---|---|---|---|\n"
            + string.Concat(part.Rows.Select(Line)));

        return $"{SettingsPage.Head}\n\n{string.Join('\n', tables)}\n{SettingsPage.Foot}";
    }

    private static string Line(SettingsPage.Row row) =>
        $"| `{Shown(row.Name)}` | {row.Default} | {row.Values ?? Range(row.Name)} | {row.Meaning} |\n";

    private static string Shown(string name) => name.Split("__")[0] switch
    {
        "Sites" or "Sandbox" => name.Replace("*", "<SiteID>", StringComparison.Ordinal),
        "Profiles" => name.Replace("*", "<MethodID>", StringComparison.Ordinal),
        "Gateway" => name.Replace("*", "<CUR>", StringComparison.Ordinal),
        _ => name.Replace("*", "<n>", StringComparison.Ordinal),
    };

    // What the code itself says when it refuses a value.
    private static string Range(string name)
    {
        var refusal = Assert.ThrowsAny<Exception>(() => Fingerprint(Setting(name, "x"))).Message;
        var number = Regex.Match(refusal, @"must be a (whole )?number from ([\d.]*\d) to ([\d.]*\d)");
        var each = Regex.Match(refusal, @"each more than 0 and at most ([\d.]*\d)\.$");
        var words = Regex.Match(refusal, @"(?:must be |is 'x': )(\w+)(?:, (\w+))? or (\w+)\.$");

        return number.Success
            ? $"{number.Groups[2].Value} to {number.Groups[3].Value}{(number.Groups[1].Length > 0 ? ", whole" : "")}"
            : each.Success ? $"above 0, at most {each.Groups[1].Value}"
            : words.Success ? string.Join(
                ", ", words.Groups.Values.Skip(1).Select(it => it.Value).Where(it => it != ""))
            : throw new Xunit.Sdk.XunitException($"{name}: its refusal has no range: {refusal}");
    }

    private static string? ValueOf(SettingsPage.Row row) =>
        Regex.IsMatch(row.Default, @"^([\d., ]+|true|false|on|off|money|Etc/UTC)(;|$)")
        && !row.Name.StartsWith("Failpoints", StringComparison.Ordinal)
            ? row.Default.Split(';')[0]
            : null;

    private static IEnumerable<string> Others(SettingsPage.Row row)
    {
        if (row.Name.EndsWith("TimeZone", StringComparison.Ordinal))
        {
            return ["Europe/Berlin"];
        }

        // The bounds, unless they contradict another setting, and something in between.
        var bounds = Regex.Matches(Range(row.Name), @"[\d.]+|\w+").Select(one => one.Value);

        return bounds.Append("11").Where(value => IsAccepted(row.Name, value));
    }

    private static bool IsAccepted(string name, string value)
    {
        try
        {
            _ = Fingerprint(Setting(name, value));

            return true;
        }
        catch (Exception refused) when (refused is SettingException or InvalidOperationException)
        {
            return false;
        }
    }

    private static Dictionary<string, string?> Setting(string name, string value)
    {
        var key = name.Replace("__", ":", StringComparison.Ordinal);
        var given = new Dictionary<string, string?>();

        if (key.StartsWith("Failpoints", StringComparison.Ordinal))
        {
            given["Sandbox:Enabled"] = "true";
        }

        if (!key.EndsWith(":*", StringComparison.Ordinal))
        {
            given[key.Replace("*", "30201", StringComparison.Ordinal)] = value;
        }
        else if (key.StartsWith("Gateway:Exponent", StringComparison.Ordinal))
        {
            given[key.Replace("*", "KRW", StringComparison.Ordinal)] = value;
        }
        else
        {
            foreach (var (one, i) in value.Split(", ").Select((one, i) => (one, i)))
            {
                given[key.Replace("*", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)] = one;
            }
        }

        return given;
    }

    // Everything that is read, as text.
    private static string Fingerprint(Dictionary<string, string?> given)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(Least).AddInMemoryCollection(given).Build();
        var settings = Settings.Read(configuration);
        var gateway = GatewayOptions.Read(configuration);
        var failpoints = settings.Failpoints;

        return string.Join(
            '\n',
            settings with { Failpoints = Failpoints.None },
            string.Join(',', settings.RetryWaits),
            JsonSerializer.Serialize(new { settings.LookUps.Intervals, settings.LookUps.QuietPeriod }),
            gateway with { Money = null! },
            gateway.Money.FromWire(490_000, "KRW"),
            NotificationSettings.Read(configuration).Confirm,
            ReconciliationSettings.Read(configuration, settings.IsSandbox),
            new SiteRegister(configuration).Find("30201"),
            failpoints.Hook is null);
    }
}
