using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Billing.Sandbox;

/// <summary>POSTs notifications to the merchant, with the site's own credentials, until 204.</summary>
internal sealed class NotificationSender(Notifications notifications, SandboxSettings settings, Lock gate) : BackgroundService
{
    private const int Senders = 32;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) })
    {
        Timeout = System.Threading.Timeout.InfiniteTimeSpan,
    };

    public override void Dispose()
    {
        http.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => SendAllAsync(stoppingToken)));

    private async Task SendAllAsync(CancellationToken ct)
    {
        await foreach (var notification in notifications.Ready.ReadAllAsync(ct))
        {
            var answer = await DeliverAsync(notification, ct);
            TimeSpan? soon;
            lock (gate)
            {
                soon = notifications.Attempted(notification, answer);
            }

            if (soon is { } gap)
            {
                _ = AgainAsync(notification, gap, ct);
            }
        }
    }

    private async Task AgainAsync(Notification notification, TimeSpan gap, CancellationToken ct)
    {
        try
        {
            await Task.Delay(gap, ct);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        lock (gate)
        {
            notifications.Again(notification);
        }
    }

    private async Task<string> DeliverAsync(Notification notification, CancellationToken ct)
    {
        if (!settings.Sites.TryGetValue(notification.SiteId, out var site))
        {
            return "no such site";
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, site.NotificationUrl) { Content = new ByteArrayContent(notification.Body) };
        request.Headers.Authorization = Credentials.Header(site);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Timeout);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            return response.StatusCode is HttpStatusCode.NoContent ? "204" : ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        }
        catch (HttpRequestException e)
        {
            return e.HttpRequestError.ToString();
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return "timeout";
        }
    }
}
