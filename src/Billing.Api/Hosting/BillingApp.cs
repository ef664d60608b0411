using Billing.Api.Clock;
using Billing.Api.Jobs;
using Billing.EventStore;
using Billing.Gateway;
using Billing.Gateway.Wire;
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
        builder.Services.AddOpenApi();
        builder.Services.AddHostedService<MessagePump>();
        AddJobs(builder.Services, settings.JobInterval);

        if (settings.IsSandbox)
        {
            AddSandbox(builder.Services);
        }

        var app = builder.Build();
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = SayNothingOfIt, SuppressDiagnosticsCallback = failing => failing.Exception is BadHttpRequestException });
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
        await app.Services.GetRequiredService<Migrator>().ApplyAsync(ct);
        await app.RunAsync(ct);
    }

    private static void AddJobs(IServiceCollection services, TimeSpan interval)
    {
        services.AddQuartz(quartz =>
        {
            quartz.ScheduleJob<SweepJob>(trigger => trigger.StartNow().WithSimpleSchedule(every => every.WithInterval(interval).RepeatForever()));
            quartz.ScheduleJob<ResolveJob>(trigger => trigger.StartNow().WithSimpleSchedule(every => every.WithInterval(interval).RepeatForever()));
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

    // The log has the trace; the caller gets none of it. What cannot even be read as HTTP is the caller's own fault, and no line in our log.
    private static Task SayNothingOfIt(HttpContext http)
    {
        var unreadable = http.Features.Get<IExceptionHandlerFeature>()?.Error as BadHttpRequestException;
        http.Response.StatusCode = unreadable?.StatusCode ?? StatusCodes.Status500InternalServerError;
        var message = unreadable is null ? "An error has occurred. It is in our log; please try again." : "The request could not be read.";

        return http.Response.WriteAsJsonAsync(new MessageBody(message), GlobalPayJson.Answers.MessageBody);
    }
}
