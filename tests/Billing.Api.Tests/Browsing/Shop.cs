using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Billing.Api.Tests.Browsing;

/// <summary>The merchant's own site, where ReturnURL leads; and a place for pages that mean harm.</summary>
public sealed class Shop : IAsyncDisposable
{
    private readonly WebApplication app;

    private Shop(WebApplication app) => this.app = app;

    public string Url => app.Urls.Single();

    /// <summary>Served at /harm.</summary>
    public string Harm { get; set; } = "";

    public static async Task<Shop> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var shop = new Shop(builder.Build());
        shop.app.MapGet(
            "/back", () => Results.Content("<!doctype html><title>Shop</title><h1>Welcome back</h1>", "text/html"));
        shop.app.MapGet("/harm", () => Results.Content($"<!doctype html><title>Harm</title>{shop.Harm}", "text/html"));
        await shop.app.StartAsync();

        return shop;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
