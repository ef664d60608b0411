using Billing.Api.Hosting;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Operating;

/// <summary>The start stops with one sentence that names the setting.</summary>
public class when_configuration_is_wrong
{
    private static readonly Dictionary<string, string> Right = new()
    {
        ["ConnectionStrings:Billing"] = "Host=127.0.0.1;Port=1;Database=nowhere;Username=absent",
        ["Gateway:BaseAddress"] = "http://127.0.0.1:1/",
        ["Sites:30201:ApiKey"] = "storefront-key",
        ["Sites:30201:GatewayApiKey"] = "gateway-key",
        ["Sealing:MasterKey"] = Convert.ToBase64String(new byte[32]),
        ["Sealing:IndexKey"] = Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(i => (byte)i)]),
    };

    internal static IEnumerable<string> RightArguments => Arguments(Right);

    [Fact]
    public async Task the_right_one_builds()
    {
        await using var app = BillingApp.Build(Arguments(Right));
    }

    [Theory]
    [InlineData("resources", "clear")]
    [InlineData("resources", "teardown")]
    [InlineData("storage", "Clear")]
    [InlineData("storage", "rebuild")]
    public async Task a_verb_that_would_delete_events_or_messages_is_refused_before_anything_is_read(
        string verb, string action) =>
        (await Verbs.Run(new Dictionary<string, string?>(), verb, action)).Ended(2).With("events are never deleted");

    [Theory]
    [InlineData("ConnectionStrings:Billing", null, "ConnectionStrings__Billing")]
    [InlineData("ConnectionStrings:Billing", "what is this", "ConnectionStrings__Billing")]
    [InlineData("Gateway:BaseAddress", null, "Gateway__BaseAddress")]
    [InlineData("Gateway:BaseAddress", "paytest.smart2pay.com", "Gateway__BaseAddress")]
    [InlineData("Gateway:TimeoutSeconds", "soon", "Gateway__TimeoutSeconds")]
    [InlineData("Gateway:MaxConnections", "-1", "Gateway__MaxConnections")]
    [InlineData("Gateway:BreakerFailures", "0", "Gateway__BreakerFailures")]
    [InlineData("Gateway:BreakerSeconds", "0.5", "Gateway__BreakerSeconds")]
    [InlineData("Gateway:RetryAfterMostSeconds", "forever", "Gateway__RetryAfterMostSeconds")]
    [InlineData("Gateway:KeepAnswersDays", "0", "Gateway__KeepAnswersDays")]
    [InlineData("Gateway:SendRequestId", "perhaps", "Gateway__SendRequestId")]
    [InlineData("Gateway:Exponent:krw", "0", "Gateway__Exponent__krw")]
    [InlineData("Sites:30201:ApiKey", null, "Sites__30201__ApiKey")]
    [InlineData("Sites:30201:GatewayApiKey", null, "Sites__30201__GatewayApiKey")]
    [InlineData("Sites:30201:ApiKey", "gateway-key", "Sites__30201__ApiKey")]
    [InlineData("Sites:30201:TimeZone", "Mars/Olympus", "Sites__30201__TimeZone")]
    [InlineData("Sites:shop:ApiKey", "k", "Sites__shop")]
    [InlineData("Sealing:MasterKey", null, "Sealing__MasterKey")]
    [InlineData("Sealing:MasterKey", "c2hvcnQ=", "Sealing__MasterKey")]
    [InlineData("Sealing:MasterKey", "not base64 at all", "Sealing__MasterKey")]
    [InlineData("Sealing:IndexKey", "c2hvcnQ=", "Sealing__IndexKey")]
    [InlineData("Charging:SendWindowSeconds", "31", "Charging__SendWindowSeconds")]
    [InlineData("Charging:SendWindowSeconds", "ten", "Charging__SendWindowSeconds")]
    [InlineData("Charging:SendWindowSeconds", "NaN", "Charging__SendWindowSeconds")]
    [InlineData("Charging:QuietMinutes", "0.5", "Charging__QuietMinutes")]
    [InlineData("Charging:QuietMinutes", "a while", "Charging__QuietMinutes")]
    [InlineData("Charging:LookUpMinutes:0", "0", "Charging__LookUpMinutes")]
    [InlineData("Charging:LookUpMinutes", "5,60", "Charging__LookUpMinutes")]
    [InlineData("Charging:LookUpMinutes:0", "often", "Charging__LookUpMinutes")]
    [InlineData("Charging:AskAgainSeconds", "0", "Charging__AskAgainSeconds")]
    [InlineData("Authentication:FailuresPerMinute", "0", "Authentication__FailuresPerMinute")]
    [InlineData("Database:WaitSeconds", "long", "Database__WaitSeconds")]
    [InlineData("Jobs:RetrySeconds:0", "never", "Jobs__RetrySeconds")]
    [InlineData("Charging:OverdueAfterMinutes", "0", "Charging__OverdueAfterMinutes")]
    [InlineData("Charging:AbandonAfterDays", "-1", "Charging__AbandonAfterDays")]
    [InlineData("Charging:AbandonAfterDays", "a month", "Charging__AbandonAfterDays")]
    [InlineData("Charging:MaxInFlight", "0", "Charging__MaxInFlight")]
    [InlineData("Charging:MaxInFlight", "many", "Charging__MaxInFlight")]
    [InlineData("Jobs:IntervalMilliseconds", "1", "Jobs__IntervalMilliseconds")]
    [InlineData("Notifications:KeepUnmatchedDays", "forever", "Notifications__KeepUnmatchedDays")]
    [InlineData("Sites:30201:ChargeWindow", "22:00-06:00", "Sites__30201__ChargeWindow")]
    [InlineData("Sites:30201:AfterRetries", "cancel", "Sites__30201__AfterRetries")]
    [InlineData("Sites:30201:GatewayCallsPerSecond", "0", "Sites__30201__GatewayCallsPerSecond")]
    [InlineData("Sites:30201:GatewayCallsPerSecond", "many", "Sites__30201__GatewayCallsPerSecond")]
    [InlineData("Profiles:84:LeadDays", "2", "Profiles__84__Version")]
    [InlineData("Profiles:84:Version", "3", "Profiles__84__Version")]
    [InlineData("Profiles:sepa:Version", "1001", "Profiles__sepa")]
    [InlineData("Profiles:84:Colour", "red", "Profiles__84__Colour")]
    [InlineData("Sandbox:Enabled", "perhaps", "Sandbox__Enabled")]
    [InlineData("Failpoints:KillAt", "after_claim", "Failpoints__KillAt")]
    [InlineData("Failpoints:StopAt", "after_claim", "Failpoints__StopAt")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317", "OTEL_EXPORTER_OTLP_ENDPOINT")]
    public void its_setting_is_named(string setting, string? value, string named) =>
        Refused(new() { [setting] = value }, named);

    [Theory]
    [InlineData("BaseAddress", null)]
    [InlineData("BaseAddress", "")]
    [InlineData("BaseAddress", "ftp://paytest.smart2pay.com")]
    [InlineData("BaseAddress", "https://30201:key@paytest.smart2pay.com")]
    [InlineData("TimeoutSeconds", "0")]
    [InlineData("TimeoutSeconds", "-1")]
    [InlineData("ConnectTimeoutSeconds", "0")]
    [InlineData("MaxConnections", "0")]
    [InlineData("SendRequestId", "perhaps")]
    [InlineData("Exponent:KRW", "5")]
    [InlineData("Exponent:KRW", "two")]
    [InlineData("Exponent:XXX", "2")]
    public void a_wrong_setting_of_the_gateway_is_named(string name, string? value) =>
        Refused(new() { [$"Gateway:{name}"] = value }, $"Gateway__{name.Replace(":", "__")}", "must ");

    [Theory]
    [InlineData("Timing", "soon")]
    [InlineData("PendingDays", "0")]
    [InlineData("RetryDays", "1,2,3")]
    [InlineData("RetryDays", "0.1")]
    [InlineData("RetryDays", "often")]
    [InlineData("Currencies", "euro")]
    [InlineData("Countries", "nl")]
    [InlineData("RepeatMandate", "perhaps")]
    [InlineData("LeadDays", "31")]
    [InlineData("NoticeDays", "-1")]
    [InlineData("Roll", "easter")]
    [InlineData("Cap", "sky")]
    [InlineData("ReversalDays", "for ever")]
    public void a_wrong_profile_is_named(string part, string value) =>
        Refused(new() { ["Profiles:84:Version"] = "1001", [$"Profiles:84:{part}"] = value }, $"Profiles__84__{part}");

    [Fact]
    public void lead_time_needs_a_method_that_takes_a_date() =>
        Refused(
            new() { ["Profiles:46:Version"] = "1001", ["Profiles:46:LeadDays"] = "1" }, "Profiles__46__ExecutionDate");

    [Fact]
    public void sandbox_mode_needs_a_gateway_on_this_machine() =>
        Refused(
            new() { ["Sandbox:Enabled"] = "true", ["Gateway:BaseAddress"] = "https://paytest.smart2pay.com/" },
            "Sandbox__Enabled");

    [Fact]
    public void more_calls_under_way_than_connections_would_time_out_unsent() =>
        Refused(new() { ["Charging:MaxInFlight"] = "65", ["Gateway:MaxConnections"] = "64" }, "Charging__MaxInFlight");

    [Fact]
    public void no_site_at_all_is_refused() =>
        Refused(new() { ["Sites:30201:ApiKey"] = null, ["Sites:30201:GatewayApiKey"] = null }, "Sites");

    [Fact]
    public async Task the_process_says_it_in_one_line_and_exits_with_2()
    {
        var environment = Right.ToDictionary(it => it.Key.Replace(":", "__"), it => (string?)it.Value);
        var wrong = new[]
        {
            ("Gateway__BaseAddress", ""), ("Sites__30201__ApiKey", "gateway-key"),
            ("Charging__SendWindowSeconds", "ten"), ("Sealing__MasterKey", "not base64 at all"),
        };

        foreach (var (setting, value) in wrong)
        {
            var reply = (await Verbs.Run(new Dictionary<string, string?>(environment) { [setting] = value }, "serve"))
                .Ended(2)
                .With($"Setting {setting} ");
            Assert.Single(
                reply.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        }
    }

    [Fact]
    public async Task a_database_that_is_away_is_said_without_a_trace()
    {
        var environment = Right.ToDictionary(it => it.Key.Replace(":", "__"), it => (string?)it.Value);
        environment["Database__WaitSeconds"] = "1";

        (await Verbs.Run(environment, "serve", "--urls", $"http://127.0.0.1:{LocalMachine.FreePort()}")).Ended(3)
            .With("Waiting up to 1 seconds for the database nowhere at 127.0.0.1:1, which does not answer yet")
            .With("The database nowhere at 127.0.0.1:1 has not answered within 1 seconds").Without("   at ");
        (await Verbs.Run(environment, "audit", "verify")).Ended(3).With("database").Without("   at ");
    }

    [Fact]
    public async Task a_port_in_use_is_named()
    {
        await using var world = await World.StartAsync();

        (await Verbs.Run(world.Settings(), "serve", "--urls", world.Address.ToString())).Ended(2)
            .With($"Failed to bind to address http://127.0.0.1:{world.Port}: address already "
                + "in use. Choose another one with --urls.");
    }

    [Theory]
    [InlineData(null, "Setting Kestrel__Certificates__Default__Path is missing: https needs a certificate")]
    [InlineData("/no/certificate.pfx", "Setting Kestrel__Certificates__Default cannot be used: ")]
    public async Task an_address_with_https_needs_a_certificate(string? certificate, string sentence)
    {
        var environment = Right.ToDictionary(it => it.Key.Replace(":", "__"), it => (string?)it.Value);
        environment["Kestrel__Certificates__Default__Path"] = certificate;

        (await Verbs.Run(environment, "serve", "--urls", "http://127.0.0.1:1;https://127.0.0.1:2")).Ended(2)
            .With(sentence).Without("database").Without("   at ");
    }

    [Fact]
    public async Task a_database_without_tables_is_distinguished_from_an_unreachable_one()
    {
        await using var world = await World.WithoutServiceAsync();
        var settings = world.Settings();
        settings["ConnectionStrings__Billing"] += ";Search Path=nothing_here";

        (await Verbs.Run(settings, "audit", "verify")).Ended(3).With("Run: ./billing migrate").Without("   at ");
    }

    private static void Refused(Dictionary<string, string?> wrong, string named, string problem = "")
    {
        var settings = Right.Where(it => !wrong.ContainsKey(it.Key))
            .Concat(wrong.Where(it => it.Value is not null).Select(it => KeyValuePair.Create(it.Key, it.Value!)));
        var refusal = Assert.Throws<SettingException>(() => BillingApp.Build(Arguments(settings)));

        Assert.Equal(named, refusal.Setting);
        Assert.StartsWith($"Setting {named} {problem}", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.DoesNotContain("gateway-key", refusal.Message, StringComparison.Ordinal);
    }

    private static string[] Arguments(IEnumerable<KeyValuePair<string, string>> settings) =>
        [.. settings.Select(it => $"--{it.Key}={it.Value}"), "--Logging:LogLevel:Default=Warning"];
}
