using Billing.Api.Charges;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Clock;
using Billing.Api.Hosting.Outbound;
using Billing.Api.Hosting.Profiles;
using Billing.Api.Hosting.Sealing;
using Billing.Api.Hosting.Sites;
using Billing.Api.Operations;
using Billing.Api.Operations.TransparencyLog;
using Billing.Gateway;
using JasperFx.Events.Daemon;
using Marten;
using Npgsql;
using Wolverine.Persistence.Durability;

namespace Billing.Api;

/// <summary>Endpoints, handlers and recurring duties in one process. Any number of them share one database.</summary>
public static class BillingApp
{
    public const string DefaultAddress = "http://127.0.0.1:5080";

    /// <summary>The host's own log. Below Critical it would put a trace before a verb's last sentence.</summary>
    public const string HostLog = "Microsoft.Extensions.Hosting.Internal.Host";

    /// <param name="configure">Replaces parts of the service, for example its clock.</param>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        var settings = BillingOptions.Read(builder.Configuration);
        var (jobs, isSandbox) = (
            settings.GetRequiredService<JobsOptions>(), settings.GetRequiredService<SandboxOptions>().Enabled);

        if (builder.Configuration["urls"] is null)
        {
            builder.WebHost.UseUrls(DefaultAddress);
        }

        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Logging.AddFilter(HostLog, LogLevel.Critical).AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
            .AddFilter(typeof(Storefront).FullName, LogLevel.Warning)
            .AddFilter("Wolverine", LogLevel.Warning).AddFilter("JasperFx", LogLevel.Warning)
            .AddFilter("Marten", LogLevel.Warning).AddFilter("Npgsql", LogLevel.Warning);
        builder.Services.AddOptions<HostOptions>()
            .Configure<GatewayOptions>((host, gateway) => host.ShutdownTimeout = gateway.DrainTimeout);
        builder.Services.AddBillingTelemetry(builder.Configuration);
        builder.Services.AddBilling(builder.Configuration, isSandbox);
        builder.Services.AddGateway(settings);
        builder.Services.AddHealthChecks().AddCheck<ReadinessCheck>(ReadinessCheck.Name);
        builder.Services.AddOpenApi(options => options.AddDocumentTransformer(OpenApiDocumentation.Complete));
        builder.Services.AddStorefronts();
        builder.Services.AddProblemDetails();
        builder.Services.AddExceptionHandler<Refusals>();
        builder.Services.AddExceptionHandler<Failures>();
        builder.Services.Configure<ExceptionHandlerOptions>(options => options.SuppressDiagnosticsCallback =
            failed => !Failures.IsOurError(failed.HttpContext.Response.StatusCode));
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);

        // Hosted services start in this order and stop in the opposite one.
        if (isSandbox)
        {
            builder.Services.AddHostedService(it => it.GetRequiredService<SandboxClock>());
        }

        builder.Services.AddHostedService(it => it.GetRequiredService<MasterKeyVerification>());
        builder.Services.AddHostedService<ProfileVersions>();
        builder.Services.AddBillingStore(
            settings, jobs.Enabled ? DaemonMode.HotCold : DaemonMode.ExternallyManaged);
        builder.Host.UseBillingMessages(settings);
        builder.Services.AddHostedService(it => it.GetRequiredService<NodeHealth>());
        builder.Services.AddHostedService(it => it.GetRequiredService<Watchdog>());
        builder.Services.AddHostedService(it => it.GetRequiredService<LogMonitor>());

        if (jobs.Enabled)
        {
            builder.Services.AddDuties();
        }

        builder.Services.AddHostedService<DrainOnShutdown>();

        configure?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseResponseHeaders();
        app.UseExceptionHandler();
        app.UseStatusCodePages(Failures.SayStatusAsync);
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapBilling();
        app.MapOpenApi();
        app.UseSwaggerUI(ui =>
        {
            ui.RoutePrefix = "docs";
            ui.SwaggerEndpoint("/openapi/v1.json", "Billing");
        });

        return app;
    }

    /// <summary>Waits for the database, brings the schema up to date, then serves until it is stopped.</summary>
    /// <exception cref="DatabaseUnavailableException">The database did not answer in time.</exception>
    public static async Task RunAsync(WebApplication app, CancellationToken ct)
    {
        var services = app.Services;
        await DatabaseStart.WaitAsync(
            services.GetRequiredService<NpgsqlDataSource>(), services.GetRequiredService<Database>(),
            services.GetRequiredService<DatabaseOptions>().Wait, Console.Out, ct);
        await MigrateAsync(services, ct);

        // Before anything is started: what is stopped half-way puts traces beside the sentence.
        await services.GetRequiredService<MasterKeyVerification>().VerifyAsync(ct);
        await app.RunAsync(ct);
    }

    /// <summary>Creates or updates Marten's and Wolverine's tables.</summary>
    public static async Task MigrateAsync(IServiceProvider services, CancellationToken ct)
    {
        await services.GetRequiredService<IDocumentStore>().Storage.ApplyAllConfiguredChangesToDatabaseAsync();
        await services.GetRequiredService<IMessageStore>().Admin.MigrateAsync();
    }
}
