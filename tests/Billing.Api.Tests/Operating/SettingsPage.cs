namespace Billing.Api.Tests.Operating;

/// <summary>
/// What docs/configuration.md says of each setting beyond its name and its range, which come from the code.
/// </summary>
internal static class SettingsPage
{
    /// <param name="Name">As an environment variable, with <c>*</c> where <c>KnownSettings</c> has it.</param>
    /// <param name="Default">What holds when it is not set, up to a semicolon; a test tries it.</param>
    /// <param name="Values">Null: what the code says when it refuses a wrong value.</param>
    public sealed record Row(string Name, string Default, string Meaning, string? Values = null);

    public const string Head =
        """
        # Configuration

        Ordinary .NET configuration: environment variables as below, or the same keys in `appsettings.json` with `:` for
        `__`. A wrong value stops the start with a sentence that names the setting. So does an unknown name in one of
        these sections, with the nearest known name. The commands of `./billing` read the same settings as `serve`.

        Generated from the settings that the code knows and the ranges that it enforces: `the_page_of_the_settings`
        fails when this page differs, and writes it when `BILLING_WRITE_DOCS=1` is set.
        """;

    public static readonly (string Title, Row[] Rows)[] Parts =
    [
        ("The service", Service()),
        ("The simulator", Simulator()),
    ];

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

    private static Row[] Service() =>
    [
        new("ConnectionStrings__Billing", "a private cluster under `.billing/`",
            "The database, in UTF-8. `Search Path` names the schema (`billing` unless "
            + "given). `Options`, where given, replace those of the service: repeat "
            + "`-c idle_in_transaction_session_timeout=60000 -c lock_timeout=5000 -c jit=off` in them. Without the "
            + "first one, a suspended node keeps preapprovals locked.", "Npgsql connection string"),
        new("Authentication__FailuresPerMinute", "10",
            "Failed logins of one address (IPv6: its /64 network) for one site; after that its logins for this site "
            + "are "
            + "answered 429 for the rest of the minute. Storefronts and the gateway are counted apart. "
            + "`X-Forwarded-For` is trusted from `Notifications__Proxies` and from a proxy on this machine."),
        new("Database__WaitSeconds", "60",
            "How long `serve` waits at its start for a database that does not answer; then it ends with exit code 3."),
        new("Gateway__BaseAddress", "none, required",
            "The gateway, for example `https://paytest.smart2pay.com`; `/v1` is appended.", "http(s) address"),
        new("Gateway__TimeoutSeconds", "10",
            "One call, retries of a read included; shorter than `Charging__QuietMinutes`."),
        new("Gateway__ConnectTimeoutSeconds", "5", "Opening one connection."),
        new("Gateway__MaxConnections", "256", "Connections to the gateway at once."),
        new("Gateway__SendRequestId", "false", "Sends a charge's MerchantTransactionID as `RequestId` too."),
        new("Gateway__BreakerFailures", "10",
            "So many calls of a site in a row without service (no connection, time-out, 408, 429, 5xx) open its "
            + "circuit breaker."),
        new("Gateway__BreakerSeconds", "5",
            "How long it stays open; twice as long after each failed try, up to a minute."),
        new("Gateway__RetryAfterMostSeconds", "300", "The longest `Retry-After` of the gateway that is obeyed."),
        new("Gateway__KeepAnswersDays", "30", "How long the body of a quarantined response is kept."),
        new("Gateway__ListScan", "200", "How many of the newest preapprovals the look-up of an unknown create reads."),
        new("Gateway__Exponent__*", "2",
            "Decimals that the gateway implies for this currency, for example `Gateway__Exponent__KRW=0`."),
        new("Sites__*__ApiKey", "none, required",
            "The storefront's key to us (HTTP Basic: SiteID and key).", "not the gateway's key"),
        new("Sites__*__GatewayApiKey", "none, required",
            "Our key to the gateway, and the only one that notifications are accepted "
            + "with.", "not the storefront's key"),
        new("Sites__*__TimeZone", "Etc/UTC", "Whose days a schedule without a time zone counts.", "tz database id"),
        new("Sites__*__ChargeWindow", "none: the beginning of the day",
            "Hours over which due charges are spread, each subscription at the same time of its day. Applies to "
            + "schedules "
            + "that are set from then on, and not on the day of opening.", "like 06:00-22:00"),
        new("Sites__*__AfterRetries", "continue",
            "What follows when the retries of a period end unpaid, where its schedule names no `AfterRetries`. Applies "
            + "to schedules that are set from then on.", "`continue`, `suspend` or `close`"),
        new("Sites__*__GatewayCallsPerSecond", "none: no limit",
            "Calls to the gateway that all nodes and commands together begin in a second. Waiting costs no attempt."),
        new("Sealing__MasterKey", "none, required", "Wraps the keys that encrypt personal data.", "32 bytes, base64"),
        new("Sealing__IndexKey", "none: no search by e-mail",
            "Key of the hash by which subscriptions are found by e-mail; finds only what was written since it was set.",
            "32 bytes, base64"),
        new("Charging__SendWindowSeconds", "30",
            "How long after its intent was recorded a call may be sent; later it is looked up instead."),
        new("Charging__PageSize", "200", "The most due charges that one commit decides."),
        new("Charging__AnswerWithinSeconds", "20", "How long a storefront's call waits for the gateway."),
        new("Charging__MaxInFlight", "256",
            "Calls to the gateway under way at once, per node; at most `Gateway__MaxConnections`."),
        new("Charging__AskAgainSeconds", "30",
            "How long a call waits that could not be sent, or before which the gateway could not be asked. Costs no "
            + "attempt. Keep it below `Charging__QuietMinutes`."),
        new("Charging__LookUpMinutes__*", "5, 60, 1440, 1440, 1440, 1440, 1440",
            "Business time between look-ups of an unknown outcome; after the last one it has an owner. A list "
            + "replaces all."),
        new("Charging__RefundPaidTwice", "off",
            "Whether the second payment of a period that was paid twice is refunded automatically."),
        new("Charging__QuietMinutes", "10",
            "Business time during which \"not found\" is not believed; longer than send window and time-out plus "
            + "a second."),
        new("Charging__OverdueAfterMinutes", "15",
            "Business time after which something that was due and did not happen is reported as overdue."),
        new("Charging__AbandonAfterDays", "30",
            "Business time after which a preapproval that was not approved is abandoned; a later approval revives "
            + "it. 0: never."),
        new("Profiles__*__…", "what the product brings",
            "Your own method profiles; each needs a `Version` from 1000 on, which is recorded on the charges that "
            + "obeyed it.",
            "see [method-profiles.md](method-profiles.md)"),
        new("Drift__EveryHours", "24; 0 in sandbox mode",
            "Business time between two comparisons with the gateway; 0: only when `audit drift` asks."),
        new("Drift__CallsPerSecond", "5", "How fast a comparison asks the gateway."),
        new("Jobs__IntervalMilliseconds", "5000; 200 in sandbox mode",
            "How often sweep, resolver and notification job run."),
        new("Jobs__RetrySeconds__*", "1, 5, 30, 120, 600",
            "Waits after the failures of a message; the failure after the last makes a dead letter. A list "
            + "replaces all."),
        new("Jobs__Enabled", "true", "false: this node only answers, and leaves what is due and queued to the others."),
        new("Notifications__Confirm", "money",
            "Which notifications the gateway must confirm before they are applied: none; those of payments, refunds, "
            + "disputes and closes, and those that would move an open preapproval or settle a create; also openings."),
        new("Notifications__Sources__*", "none: from everywhere",
            "From where notifications are accepted; others get 403.", "address or network (CIDR)"),
        new("Notifications__Proxies__*", "none",
            "Proxies whose `X-Forwarded-For` is trusted, for notifications and logins. Behind a proxy that is not "
            + "listed "
            + "all callers share its address, and the failed logins of one delay the "
            + "others.", "address or network (CIDR)"),
        new("Notifications__KeepUnmatchedDays", "30",
            "How long the body of a notification that matches nothing is kept."),
        new("Sandbox__Enabled", "false",
            "Sandbox mode: business time follows the simulator's clock. Needs a loopback gateway."),
        new("Failpoints__KillAt", "none",
            "For crash tests: the process kills itself at this point. Refused outside sandbox mode.",
            "for example `charge:sending`"),
        new("Failpoints__StopAt", "none", "The same, but it stops until SIGCONT.", "for example `charge:sending`"),
        new("Failpoints__Pass", "0", "How often it passes the point before it kills itself."),
        new("Failpoints__AfterMilliseconds", "0", "How long after the point it kills itself."),
    ];

    private static Row[] Simulator() =>
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
