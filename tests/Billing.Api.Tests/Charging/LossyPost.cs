using System.Collections.Concurrent;
using Billing.Api.Tests.Specs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Billing.Api.Tests.Charging;

/// <summary>
/// Receives the gateway's notifications: forwards those of preapprovals, holds those of payments back.
/// </summary>
internal sealed class LossyPost : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<byte[]> lost = new();

    private LossyPost(WebApplication app, Uri address) => (this.app, Address) = (app, address);

    public Uri Address { get; }

    public World? World { get; set; }

    public static async Task<LossyPost> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        var address = new Uri($"http://127.0.0.1:{LocalMachine.FreePort()}/v1/notifications");
        builder.WebHost.UseUrls(address.GetLeftPart(UriPartial.Authority));
        builder.Logging.ClearProviders();
        var post = new LossyPost(builder.Build(), address);
        post.app.MapPost("/v1/notifications", post.TakeAsync);
        await post.app.StartAsync();

        return post;
    }

    /// <summary>Hands on every lost notification in which that text occurs.</summary>
    /// <returns>How many.</returns>
    public async Task<int> FindAsync(string text)
    {
        var found = lost
            .Where(body => System.Text.Encoding.UTF8.GetString(body).Contains(text, StringComparison.Ordinal))
            .ToList();

        foreach (var body in found)
        {
            Assert.Equal(StatusCodes.Status204NoContent, await HandOnAsync(body));
        }

        return found.Count;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private async Task<IResult> TakeAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);

        if (System.Text.Encoding.UTF8.GetString(body.ToArray()).Contains("\"Preapproval\":", StringComparison.Ordinal))
        {
            return Results.StatusCode(await HandOnAsync(body.ToArray()));
        }

        lost.Enqueue(body.ToArray());

        return Results.NoContent();
    }

    private async Task<int> HandOnAsync(byte[] body)
    {
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
        using var answer = await World!.Gateway.PostAsync("v1/notifications", content);

        return (int)answer.StatusCode;
    }
}
