using Billing.Api.Abandoning;
using Billing.Api.Archiving;
using Billing.Api.Changing;
using Billing.Api.Charging;
using Billing.Api.Clock;
using Billing.Api.Closing;
using Billing.Api.Comparing;
using Billing.Api.Explanations;
using Billing.Api.Forgetting;
using Billing.Api.GlobalPay;
using Billing.Api.Health;
using Billing.Api.Notifications;
using Billing.Api.Notifying;
using Billing.Api.Parking;
using Billing.Api.Pacing;
using Billing.Api.Payments;
using Billing.Api.Recovering;
using Billing.Api.Refunding;
using Billing.Api.Refunds;
using Billing.Api.Resolving;
using Billing.Api.Sites;
using Billing.Api.Skipping;
using Billing.Api.Subscribing;
using Billing.Api.Subscriptions;
using Billing.EventStore;
using Billing.Gateway;
using Billing.Messaging;
using Npgsql;

namespace Billing.Api;

/// <summary>What both the service and the operators' verbs are made of; the gateway, which some verbs do without, comes apart.</summary>
public static class BillingServices
{
    /// <summary>PostgreSQL's settings of each session of ours.</summary>
    /// <remarks>
    /// Statements are planned each time, but where a session says otherwise: a plan made on a young table would stay wrong. And never compiled:
    /// the planner takes a page of the log for millions of rows, and compiling it for that took 190 ms, running it 2.
    /// </remarks>
    public const string SessionSettings = "-c idle_in_transaction_session_timeout=60000 -c plan_cache_mode=force_custom_plan -c jit=off";

    public static IServiceCollection AddBilling(this IServiceCollection services, IConfiguration configuration)
    {
        var settings = Settings.Read(configuration);
        var books = Books(configuration);

        services.AddSingleton(settings);
        services.AddSingleton(settings.Failpoints);
        services.AddSingleton(settings.LookUps);
        services.AddSingleton(settings.LookUps.Profiles);
        // By a factory, so that the container closes its connections with itself.
        services.AddSingleton(_ => books);
        services.AddSingleton(new SiteRegister(configuration));
        services.AddSingleton<ISiteKeys>(it => it.GetRequiredService<SiteRegister>());
        services.AddSingleton(new BusinessClock(TimeProvider.System));
        services.AddSingleton<TimeProvider>(it => it.GetRequiredService<BusinessClock>());

        services.AddSingleton(new Sealer(MasterKey(configuration)));
        services.AddSingleton(it => new EventStore.EventStore(books, Projections.Of(it.GetRequiredService<Sealer>())));
        services.AddSingleton(Messaging(settings));
        services.AddSingleton(Handlers.Map);
        services.AddSingleton(it => new MessageBus(
            it.GetRequiredService<EventStore.EventStore>(), it.GetRequiredService<HandlerMap>(), it.GetRequiredService<MessagingOptions>(), it.GetRequiredService<TimeProvider>()));
        services.AddSingleton<DeadLetters>();
        services.AddSingleton<Auditor>();
        services.AddSingleton<FeedReader>();
        services.AddSingleton<ArchiveClosed>();
        services.AddSingleton<Rebuilder>();
        services.AddSingleton(it => new AsyncProjections(
            it.GetRequiredService<EventStore.EventStore>(), Projections.Async, new AsyncProjectionOptions(), it.GetRequiredService<ILogger<AsyncProjections>>()));
        services.AddSingleton(Schema(books));

        services.AddSingleton<RegisterPreapprovalHandler>();
        services.AddSingleton<AbandonPreapprovalHandler>();
        services.AddSingleton<SubmitChangeHandler>();
        services.AddSingleton<SubmitCloseHandler>();
        services.AddSingleton<GatewayPace>();
        services.AddSingleton<IGatewayPace>(it => it.GetRequiredService<GatewayPace>());
        services.AddSingleton<SendGuard>();
        services.AddSingleton<SubmitChargeHandler>();
        services.AddSingleton<LookUpChargeHandler>();
        services.AddSingleton<LookUpMandateHandler>();
        services.AddSingleton<SubmitRefundHandler>();
        services.AddSingleton<LookUpRefundHandler>();
        services.AddSingleton<ReadAfterwardsHandler>();
        services.AddSingleton<RefundMail>();
        services.AddSingleton<ApplyNotificationHandler>();
        services.AddSingleton<MatchNotificationHandler>();

        services.AddSingleton<ClosePreapproval>();
        services.AddSingleton(new CustomerIndex(configuration));
        services.AddSingleton<ForgetCustomer>();
        services.AddSingleton<Recovery>();
        services.AddSingleton(NotificationSettings.Read(configuration));
        services.AddSingleton<NotificationSources>();
        services.AddSingleton<NotificationIntake>();
        services.AddSingleton<NotificationLog>();
        services.AddSingleton<NotifiedStreams>();
        services.AddSingleton<Confirmation>();
        services.AddSingleton<AnswerLog>();
        services.AddSingleton<IAnswerKeeper>(it => it.GetRequiredService<AnswerLog>());
        services.AddSingleton<ParkedAnswers>();
        services.AddSingleton<NotificationUpkeep>();
        services.AddSingleton<NotificationReplay>();
        services.AddSingleton<NotificationViews>();
        services.AddSingleton<NotificationEndpoints>();
        services.AddSingleton<Sweep>();
        services.AddSingleton<Resolver>();
        services.AddSingleton<Abandonments>();
        services.AddSingleton<DueProofs>();
        services.AddSingleton<Watchdog>();

        services.AddSingleton(DriftSettings.Read(configuration, settings.IsSandbox));
        services.AddSingleton<ComparedBooks>();
        services.AddSingleton<WalkLog>();
        services.AddSingleton<Findings>();
        services.AddSingleton<PreapprovalStages>();
        services.AddSingleton<PaymentStages>();
        services.AddSingleton<DriftWalk>();
        services.AddSingleton<NightlyWalk>();

        services.AddSingleton<StreamDirectory>();
        services.AddSingleton<StreamRequests>();
        services.AddSingleton<SubscriptionViews>();
        services.AddSingleton<PaymentHistory>();
        services.AddSingleton<RefundHistory>();
        services.AddSingleton<PreapprovalEndpoints>();
        services.AddSingleton<PaymentEndpoints>();
        services.AddSingleton<RefundEndpoints>();
        services.AddSingleton<SubscriptionEndpoints>();
        services.AddSingleton<UpcomingCharges>();
        services.AddSingleton<Stories>();
        services.AddSingleton<ExplainEndpoints>();
        services.AddSingleton<SkipEndpoints>();

        return services;
    }

    /// <summary>The door to the gateway: the service needs it, an operator's verb only where it asks.</summary>
    /// <exception cref="SettingException">A setting under Gateway is missing or wrong.</exception>
    public static IServiceCollection AddGateway(this IServiceCollection services, IConfiguration configuration)
    {
        try
        {
            return services.AddGlobalPayGateway(configuration);
        }
        catch (InvalidOperationException e) when (e.Message.Split(' ', 2) is [var name, var problem] && name.StartsWith("Gateway:", StringComparison.Ordinal))
        {
            throw new SettingException(name.Replace(":", "__", StringComparison.Ordinal), problem);
        }
    }

    /// <summary>The schema of all three components, in the order in which they lean on each other.</summary>
    public static Migrator Schema(NpgsqlDataSource books) => new(
        books,
        [
            .. SchemaScript.EmbeddedIn(typeof(EventStore.EventStore).Assembly, "event_store"),
            .. MessagingSchema.Scripts,
            .. SchemaScript.EmbeddedIn(typeof(BillingServices).Assembly, "billing"),
        ]);

    /// <exception cref="SchemaException">The database is not UTF-8, or a script was changed after it was applied to it.</exception>
    public static async Task<IReadOnlyList<string>> MigrateAsync(Migrator schema, CancellationToken ct)
    {
        try
        {
            return await schema.ApplyAsync(ct);
        }
        catch (InvalidOperationException e)
        {
            throw new SchemaException(e.Message, e);
        }
    }

    /// <exception cref="SettingException">ConnectionStrings__Billing is missing or cannot be read.</exception>
    public static NpgsqlDataSource Books(IConfiguration configuration)
    {
        var text = configuration.GetConnectionString("Billing");

        if (string.IsNullOrWhiteSpace(text))
        {
            throw new SettingException("ConnectionStrings__Billing", "is missing: the PostgreSQL database that holds the books. ./billing serve starts one of its own.");
        }

        try
        {
            var builder = new NpgsqlConnectionStringBuilder(text) { ApplicationName = "billing" };
            builder.SearchPath ??= "billing";

            return NpgsqlDataSource.Create(AsOurs(builder));
        }
        catch (ArgumentException)
        {
            throw new SettingException("ConnectionStrings__Billing", "is no connection string like Host=…;Database=…;Username=…");
        }
    }

    /// <summary>With what our sessions want; whoever brings options of his own, as for a pooler, decides about preparing too.</summary>
    public static NpgsqlConnectionStringBuilder AsOurs(NpgsqlConnectionStringBuilder builder)
    {
        // Nothing outlives its transaction but two advisory locks, and who takes one gives it back: seven statements less each time a connection is used again.
        builder.NoResetOnClose = true;

        // Statements are parsed once per connection.
        if (builder.Options is null)
        {
            builder.Options = SessionSettings;
            builder.MaxAutoPrepare = 200;
        }

        return builder;
    }

    private static byte[] MasterKey(IConfiguration configuration)
    {
        const string Name = "Sealing__MasterKey";
        var key = new byte[32];

        return configuration["Sealing:MasterKey"] switch
        {
            null or "" => throw new SettingException(Name, "is missing: 32 random bytes in base64, for example from `openssl rand -base64 32`. Keep it apart from the database and never lose it."),
            var text when Convert.TryFromBase64String(text, key, out var length) && length == 32 => key,
            _ => throw new SettingException(Name, "must be exactly 32 bytes in base64."),
        };
    }

    private static MessagingOptions Messaging(Settings settings) => new()
    {
        Lease = settings.Lease,
        RetryLadder = settings.RetryWaits,
        MaxInFlight = settings.MaxInFlight,
        Failpoint = settings.Failpoints.Hook,
    };
}
