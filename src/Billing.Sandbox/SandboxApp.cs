using Billing.Sandbox.Landing;
using Billing.Sandbox.Notifying;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;

namespace Billing.Sandbox;

/// <summary>
/// The GlobalPay simulator. It shares no code with the product, so that a misreading of the wire is not made twice.
/// </summary>
public static class SandboxApp
{
    /// <summary>Builds the application; nothing listens yet.</summary>
    /// <param name="args">Ordinary .NET configuration, <c>--urls</c> included.</param>
    /// <exception cref="SandboxSettingException">A setting cannot be used; the message names it.</exception>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
            // Below Critical it would put a trace before the sentence with which the program ends.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.WebHost.UseUrls(ListenAddresses.Checked(builder.Configuration));
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.Services.AddSingleton(SandboxSettings.Read(builder.Configuration));
        builder.Services.AddSandbox();

        var app = builder.Build();
        app.Services.GetRequiredService<Journal>().Open([.. app.Services.GetServices<IRemembered>()]);
        app.Services.GetRequiredService<Notifications>().Resume();
        app.CommitBeforeAnswering();
        app.MapGet("/health/live", () => Results.Ok());
        app.MapGateway();
        app.MapTools();
        app.MapLanding(app.Services.GetRequiredService<Methods>());
        return app;
    }
}
