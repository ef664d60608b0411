using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Billing.Sandbox.Tests.Worlds;

/// <summary>The merchant's notification address: records what comes in, answers what the test wants.</summary>
public sealed class Merchant : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<Received> received = new();
    private readonly SemaphoreSlim arrived = new(0);

    private Merchant(WebApplication app) => this.app = app;

    /// <summary>The status code for the n-th notification, counted from 1.</summary>
    public Func<int, int> Answers { get; set; } = _ => StatusCodes.Status204NoContent;

    public Uri Url => new(app.Urls.Single() + "/v1/notifications");

    public IReadOnlyCollection<Received> All => received;

    public static async Task<Merchant> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var merchant = new Merchant(builder.Build());
        merchant.app.MapPost("/v1/notifications", (Delegate)merchant.TakeAsync);
        await merchant.app.StartAsync();
        return merchant;
    }

    /// <summary>Waits until at least so many have come.</summary>
    public async Task<Received[]> ReceivedAsync(int count, int withinSeconds = 60)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(withinSeconds));
        while (received.Count < count)
        {
            await arrived.WaitAsync(patience.Token);
        }

        return [.. received];
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        arrived.Dispose();
    }

    private async Task<IResult> TakeAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        received.Enqueue(new Received(
            http.Request.Headers.Authorization.ToString(), http.Request.ContentType, await reader.ReadToEndAsync()));
        arrived.Release();
        return Results.StatusCode(Answers(received.Count));
    }
}

public sealed record Received(string Authorization, string? ContentType, string Body);
