using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Billing.Api.Hosting.Configuration;
using static System.FormattableString;

namespace Billing.Api.Tests.Operating;

/// <summary>
/// docs/configuration.md: the settings of the service as its options classes say, and those of the simulator.
/// </summary>
internal static class SettingsPage
{
    /// <param name="Name">As an environment variable, with <c>*</c> where <c>KnownSettings</c> has it.</param>
    /// <param name="Default">What holds when it is not set, up to a semicolon; a test tries it.</param>
    public sealed record Row(string Name, string Default, string Meaning, string Values);

    public const string Head =
        """
        # Configuration

        Ordinary .NET configuration: environment variables as below, or the same keys in `appsettings.json` with `:` for
        `__`. A wrong value stops the start with a sentence that names the setting. So does an unknown name in one of
        these sections, with the nearest known name. The commands of `./billing` read the same settings as `serve`.

        Generated from the options classes, their defaults and the ranges that they enforce: `the_page_of_the_settings`
        fails when this page differs, and writes it when `BILLING_WRITE_DOCS=1` is set.
        """;

    public const string Foot =
        """
        `--urls` (or `ASPNETCORE_URLS`) says where a program listens: `http://127.0.0.1:5080` for the service,
        `http://127.0.0.1:5081` for the simulator, unless given.

        ## The script

        | variable | default | meaning |
        |---|---|---|
        | `BILLING_HOME` | `.billing/` in the checkout | where the private PostgreSQL cluster, keys and logs are |
        | `BILLING_SCHEMA` | `billing` | schema of the database |
        | `BILLING_RECOVERY_SECONDS` | 1800 | how long a command waits for PostgreSQL to recover after a crash |
        | `BILLING_TEST_DATABASE` | none | a PostgreSQL server for the tests, instead of a cluster of their own |
        | `BILLING_TEST_CHROMIUM` | `/usr/bin/chromium` | Chromium for the tests of the simulator's pages |

        """;

    /// <param name="options">From them come the defaults.</param>
    public static IEnumerable<Row> Service(IServiceProvider options) => BillingOptions.Known.All
        .Where(setting => setting is { Property: not null, Type.IsArray: false })
        .Select(setting => RowOf(setting, setting.Property!, options)).Distinct();

    private static Row RowOf(Setting setting, PropertyInfo property, IServiceProvider options)
    {
        var type = property.DeclaringType!;

        if (type.GetCustomAttribute<DescriptionAttribute>() is { } whole)
        {
            return new Row(
                $"{setting.Path[0]}__*__…", DefaultOf(type)!, whole.Description,
                "see [method-profiles.md](method-profiles.md)");
        }

        return new Row(
            setting.Name,
            DefaultOf(property) ?? Text(property.GetValue(options.GetService(type) ?? Activator.CreateInstance(type))),
            property.GetCustomAttribute<DescriptionAttribute>()!.Description,
            property.GetCustomAttribute<DataTypeAttribute>()?.CustomDataType ?? RangeOf(setting));
    }

    private static string? DefaultOf(MemberInfo member) =>
        (string?)member.GetCustomAttribute<DefaultValueAttribute>()?.Value;

    private static string RangeOf(Setting setting) => setting.Range switch
    {
        { MinimumIsExclusive: true } range => Invariant($"above {range.Minimum}, at most {range.Maximum}"),
        { } range => Invariant($"{range.Minimum} to {range.Maximum}")
            + (setting.Type == typeof(int) ? ", whole" : ""),
        null when setting.Type == typeof(bool) => "true, false",
        null => string.Join(", ", Setting.WordsOf(setting.Type)),
    };

    private static string Text(object? value) => value switch
    {
        double[] list => string.Join(", ", list.Select(one => Invariant($"{one}"))),
        Enum or bool => $"{value}".ToLowerInvariant(),
        _ => Invariant($"{value}"),
    };

    public static Row[] Simulator() =>
    [
        new("Sandbox__Sites__*__ApiKey", "site 30201 with `gateway-key-30201`", "The key that callers show.", "text"),
        new("Sandbox__Sites__*__NotificationUrl", "`http://127.0.0.1:5080/v1/notifications`",
            "Where it sends notifications.", "http(s) address"),
        new("Sandbox__AutoApprove", "off", "A GET of the landing page approves.", "on, off"),
        new("Sandbox__Dedupe", "on",
            "off: a repeated MerchantTransactionID is charged again, so that a double send shows.", "on, off"),
        new("Sandbox__NotifyOnDelete", "off", "Notifies a merchant's own close too.", "on, off"),
        new("Sandbox__StrictMethods", "off",
            "Takes the examples of the gateway's documentation as rules: other currencies and countries are "
            + "refused, and "
            + "Truemoney notifies a null that the official .NET client cannot read.", "on, off"),
        new("Sandbox__MagicAmounts", "off",
            "Charges of 7,777.01 and above choose [scenarios](sandbox-scenarios.md) by number.", "on, off"),
        new("Sandbox__SepaDays", "3", "Days until a SEPA payment succeeds.", "0 to less than 3650"),
        new("Sandbox__StatePath", "none: in memory",
            "State file; survives a restart and a kill -9 of the process, not of the machine.", "file"),
        new("Sandbox__ClockStart", "the machine's time", "Where its clock starts.", "RFC 3339 instant"),
        new("Sandbox__PublicAddress", "the host that was asked", "Scheme and host of `RedirectURL`.", "address"),
        new("Sandbox__AllowRemote", "false",
            "Lets it listen beyond loopback; its tools need no password.", "true, false"),
    ];
}
