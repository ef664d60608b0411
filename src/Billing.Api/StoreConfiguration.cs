using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Billing.Api.Charges;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Profiles;
using Billing.Api.Hosting.RateLimiting;
using Billing.Api.Hosting.Streams;
using Billing.Api.Mandates;
using Billing.Api.Operations.TransparencyLog;
using Billing.Api.Reports;
using Billing.Audit.Sealing;
using Billing.Domain.Preapprovals;
using JasperFx;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using JasperFx.MultiTenancy;
using Marten;
using Marten.Schema;
using Marten.Schema.Indexing.Unique;
using Npgsql;
using Weasel.Core;
using Wolverine.Marten;

namespace Billing.Api;

/// <summary>Marten: event store, documents and projections.</summary>
public static class StoreConfiguration
{
    public static void AddBillingStore(this IServiceCollection services, IServiceProvider settings, DaemonMode daemon)
    {
        var database = Database.Of(settings.GetRequiredService<ConnectionOptions>().Billing!);
        services.AddSingleton(database);
        services.AddSingleton(_ => NpgsqlDataSource.Create(database.ConnectionString));
        services.AddMarten(options =>
            {
                options.DatabaseSchemaName = database.Schema;
                options.DisableNpgsqlLogging = true;
                options.UpdateBatchSize = 2_000;
                options.Policies.AllDocumentsAreMultiTenanted();
                options.UseSystemTextJsonForSerialization(Json(), EnumStorage.AsString);
                Events(options);
                Projections(options);
                PreapprovalDocuments(options);
                SharedDocuments(options);
                FeatureDocuments.Configure(options);
            })
            .UseLightweightSessions()
            .UseNpgsqlDataSource()
            .AddSubscriptionWithServices<LogSubscription>(ServiceLifetime.Singleton)
            .AddSubscriptionWithServices<ReportSubscription>(ServiceLifetime.Singleton)
            .AddAsyncDaemon(daemon)
            .IntegrateWithWolverine();
    }

    /// <summary>The JSON of events and documents: PascalCase, enums by name, nulls left out.</summary>
    public static JsonSerializerOptions Json() => new()
    {
        TypeInfoResolver = JsonTypeInfoResolver.Combine(StoredEvents.Resolver, new DefaultJsonTypeInfoResolver()),
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    private static void Events(StoreOptions options)
    {
        options.Events.StreamIdentity = StreamIdentity.AsGuid;
        options.Events.TenancyStyle = TenancyStyle.Conjoined;
        options.Events.AppendMode = EventAppendMode.QuickWithServerTimestamps;
        options.Events.UseExclusiveLockOnConcurrentAppends = true;
        options.Events.EnableUniqueIndexOnEventId = true;
        options.Events.MetadataConfig.HeadersEnabled = true;
        options.Events.MetadataConfig.CorrelationIdEnabled = true;
        options.Events.MetadataConfig.CausationIdEnabled = true;
        options.Events.MetadataConfig.UserNameEnabled = true;

        foreach (var stored in StoredEvents.All)
        {
            options.Events.MapEventType(stored.ClrType, stored.Name);
        }
    }

    private static void Projections(StoreOptions options)
    {
        options.Projections.Add<PreapprovalSnapshot>(ProjectionLifecycle.Inline);
        options.Projections.Add(
            new PaymentProjection(), ProjectionLifecycle.Inline,
            asyncConfiguration: it => it.DeleteViewTypeOnTeardown<Payment>());
        options.Projections.SlowPollingTime = options.Projections.FastPollingTime;
        options.Projections.Errors.SkipApplyErrors = false;
        options.Projections.Errors.SkipSerializationErrors = false;
        options.Projections.Errors.SkipUnknownEvents = false;
    }

    private static void PreapprovalDocuments(StoreOptions options)
    {
        options.Schema.For<Preapproval>()
            .DocumentAlias("subscription")
            .Metadata(metadata => metadata.Revision.MapTo(preapproval => preapproval.Version))
            .Duplicate(preapproval => preapproval.NextDueAt, configure: OfSite("next_due_at is not null"))
            .Duplicate(preapproval => preapproval.NextRetryAt, configure: OfSite("next_retry_at is not null"))
            .Duplicate(preapproval => preapproval.NextLookUpAt, configure: OfSite("next_look_up_at is not null"))
            .Duplicate(preapproval => preapproval.OldestIntent, configure: OfSite("oldest_intent is not null"))
            .Duplicate(preapproval => preapproval.Owner, configure: OfSite("owner is not null"))
            .Duplicate(preapproval => preapproval.Trouble, configure: OfSite("trouble is not null"))
            // Most are open: a list of those needs no index of their own, and a charge writes none.
            .Duplicate(preapproval => preapproval.Status, configure: OfSite("status <> 'Open'"))
            .Duplicate(preapproval => preapproval.RequestedAt, configure: OfSite())
            .Index(preapproval => preapproval.RequestedAt, index =>
            {
                (index.Predicate, index.TenancyScope) = ("status = 'Pending'", TenancyScope.PerTenant);
                index.Name = "mt_doc_subscription_idx_pending";
            })
            .Index(preapproval => preapproval.Terms.MerchantPreapprovalId)
            .Index(preapproval => preapproval.Gateway!.PreapprovalId);

        options.Schema.For<Payment>()
            .Duplicate(payment => payment.PreapprovalId)
            .Duplicate(
                payment => payment.GatewayPaymentId,
                configure: OfSite("gateway_payment_id is not null"))
            .Duplicate(payment => payment.RequestedAt, configure: OfSite())
            .Duplicate(payment => payment.Owner, configure: OfSite("owner is not null"));

        options.Schema.For<PaymentPageEnd>();
        options.Schema.For<MerchantPreapprovalIdGuard>();
        options.Schema.For<GatewayPreapprovalIdGuard>();
        options.Schema.For<DataKey>();
    }

    private static Action<DocumentIndex> OfSite(string? predicate = null) => index =>
        (index.Predicate, index.TenancyScope) = (predicate, TenancyScope.PerTenant);

    private static void SharedDocuments(StoreOptions options)
    {
        options.Schema.For<MasterKeyCheck>().SingleTenanted();
        options.Schema.For<BusinessClockOffset>().SingleTenanted();
        options.Schema.For<MethodProfileVersion>().SingleTenanted();
        options.Storage.Add(new RateLimitTable(options));
    }
}
