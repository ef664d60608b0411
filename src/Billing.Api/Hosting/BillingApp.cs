using Billing.Api.Clock;
using Billing.Api.Health;
using Billing.Api.Jobs;
using Billing.Api.Profiles;
using Billing.EventStore;
using Billing.Gateway;
using Billing.Messaging;
using Microsoft.AspNetCore.Diagnostics;
using Npgsql;
using Quartz;

namespace Billing.Api;

/// <summary>The service: endpoints, jobs and the message pump in one process; any number of them share one database.</summary>
public static class BillingApp
{
    public const string DefaultAddress = "http://127.0.0.1:5080";

    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        var settings = Settings.Read(builder.Configuration);

        if (builder.Configuration["urls"] is null)
        {
            builder.WebHost.UseUrls(DefaultAddress);
        }

        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Logging.AddFilter("Quartz", LogLevel.Warning).AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Services.AddBilling(builder.Configuration);
        builder.Services.AddGateway(builder.Configuration);
        builder.Services.AddOpenApi(options => options.AddDocumentTransformer(OpenApiDocumentation.Complete));
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);

        // Hosted services start in this order: nothing falls due, and nothing is sent, at a time that is not business time yet.
        if (settings.IsSandbox)
        {
            AddSandbox(builder.Services);
        }

        builder.Services.AddHostedService<ProfileVersions>();

        builder.Services.AddHostedService(it => it.GetRequiredService<Watchdog>());

        if (settings.HasJobs)
        {
            builder.Services.AddHostedService<MessagePump>();
            builder.Services.AddHostedService<LogProjections>();
            AddJobs(builder.Services, settings.JobInterval);
        }

        var app = builder.Build();
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = Failures.SayAsync, SuppressDiagnosticsCallback = failed => failed.Exception is BadHttpRequestException });
        app.MapBilling();
        app.MapOpenApi();
        app.UseSwaggerUI(ui =>
        {
            ui.RoutePrefix = "docs";
            ui.SwaggerEndpoint("/openapi/v1.json", "Billing");
        });

        return app;
    }

    /// <summary>Brings the schema up to date, then serves until it is stopped.</summary>
    public static async Task RunAsync(WebApplication app, CancellationToken ct)
    {
        await BillingServices.MigrateAsync(app.Services.GetRequiredService<Migrator>(), ct);
        await app.RunAsync(ct);
    }

    private static void AddJobs(IServiceCollection services, TimeSpan interval)
    {
        services.AddQuartz(quartz =>
        {
            quartz.ScheduleJob<SweepJob>(trigger => trigger.StartNow().WithSimpleSchedule(every => every.WithInterval(interval).RepeatForever()));
            quartz.ScheduleJob<ResolveJob>(trigger => trigger.StartNow().WithSimpleSchedule(every => every.WithInterval(interval).RepeatForever()));
            quartz.ScheduleJob<DriftJob>(trigger => trigger.StartNow().WithSimpleSchedule(every => every.WithInterval(interval).RepeatForever()));
            quartz.ScheduleJob<AbandonJob>(trigger => trigger.StartNow().WithSimpleSchedule(every => every.WithInterval(interval).RepeatForever()));
            quartz.ScheduleJob<AnswerJob>(trigger => trigger.StartNow().WithSimpleSchedule(every => every.WithInterval(TimeSpan.FromMinutes(10)).RepeatForever()));
            quartz.ScheduleJob<NotificationJob>(trigger => trigger.StartNow().WithSimpleSchedule(every => every.WithInterval(interval).RepeatForever()));
        });
        services.AddQuartzHostedService(options => options.WaitForJobsToComplete = true);
    }

    private static void AddSandbox(IServiceCollection services)
    {
        services.AddHttpClient<SandboxClock>((it, http) => (http.BaseAddress, http.Timeout) = (it.GetRequiredService<GatewayOptions>().BaseAddress, TimeSpan.FromSeconds(5))).RemoveAllLoggers();
        services.AddSingleton(it => new SandboxClock(
            it.GetRequiredService<BusinessClock>(), it.GetRequiredService<NpgsqlDataSource>(), it.GetRequiredService<IHttpClientFactory>().CreateClient(nameof(SandboxClock)),
            it.GetRequiredService<ILogger<SandboxClock>>()));
        services.AddHostedService(it => it.GetRequiredService<SandboxClock>());
    }
}
