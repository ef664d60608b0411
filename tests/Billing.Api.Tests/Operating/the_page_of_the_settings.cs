using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Billing.Api.Hosting;
using Billing.Api.Tests.Specs;
using Billing.Gateway;
using Billing.Gateway.Translation;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Operating;

/// <summary>docs/configuration.md as a test: its names, ranges and defaults are those of the code.</summary>
public class the_page_of_the_settings
{
    private static readonly string File = Path.Combine(LocalMachine.Root, "docs", "configuration.md");

    // What a configuration cannot do without. The sandbox mode lets failpoints be read.
    private static readonly Dictionary<string, string?> Least = new()
    {
        ["ConnectionStrings:Billing"] = "Host=127.0.0.1",
        ["Sealing:MasterKey"] = Convert.ToBase64String(new byte[32]),
        ["Gateway:BaseAddress"] = "http://127.0.0.1:1",
        ["Sites:30201:ApiKey"] = "storefront-key",
        ["Sites:30201:GatewayApiKey"] = "gateway-key",
    };

    private static readonly JsonSerializerOptions WhatIsSet = new() { IgnoreReadOnlyProperties = true };

    private static readonly SettingsPage.Row[] Service = [.. SettingsPage.Service(Read([]))];

    public static TheoryData<string> Defaults =>
        [.. Service.Where(row => ValueOf(row) is not null).Select(row => row.Name)];

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
        var row = Service.Single(row => row.Name == name);
        var standard = ValueOf(row)!;
        var unset = Fingerprint([]);

        Assert.Equal(unset, Fingerprint(Setting(name, standard)));
        Assert.Contains(Others(row), other => Fingerprint(Setting(name, other)) != unset);
    }

    private static string Page()
    {
        var simulator = SettingsPage.Simulator();
        Assert.Equal(
            BillingOptions.Known.All.Where(it => it.Property is null).Select(it => it.Name),
            simulator.Select(row => row.Name));

        var tables = new[] { ("The service", Service), ("The simulator", simulator) }.Select(part =>
            $"## {part.Item1}\n\n| setting | default | values | meaning |\n|---|---|---|---|\n"
            + string.Concat(part.Item2.Select(Line)));

        return $"{SettingsPage.Head}\n\n{string.Join('\n', tables)}\n{SettingsPage.Foot}";
    }

    private static string Line(SettingsPage.Row row) =>
        $"| `{Shown(row.Name)}` | {row.Default} | {row.Values} | {row.Meaning} |\n";

    private static string Shown(string name) => name.Split("__")[0] switch
    {
        "Sites" or "Sandbox" => name.Replace("*", "<SiteID>", StringComparison.Ordinal),
        "Profiles" => name.Replace("*", "<MethodID>", StringComparison.Ordinal),
        "Gateway" => name.Replace("*", "<CUR>", StringComparison.Ordinal),
        _ => name.Replace("*", "<n>", StringComparison.Ordinal),
    };

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
        var bounds = Regex.Matches(row.Values, @"[\d.]+|\w+").Select(one => one.Value);

        return bounds.Append("11").Where(value => IsAccepted(row.Name, value));
    }

    private static bool IsAccepted(string name, string value)
    {
        try
        {
            _ = Fingerprint(Setting(name, value));

            return true;
        }
        catch (SettingException)
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
        var options = Read(given);
        var gateway = options.GetRequiredService<GatewayOptions>();
        var money = new WireMoney(gateway.Exponent).FromWire(490_000, "KRW");
        gateway.Exponent = [];

        return string.Join('\n', BillingOptions.Sections.Select(section => JsonSerializer.Serialize(
            options.GetRequiredService(section.Type), section.Type, WhatIsSet))) + money;
    }

    private static IServiceProvider Read(Dictionary<string, string?> given) => BillingOptions.Read(
        new ConfigurationBuilder().AddInMemoryCollection(Least).AddInMemoryCollection(given).Build());
}
