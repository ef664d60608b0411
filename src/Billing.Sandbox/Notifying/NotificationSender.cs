using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Billing.Sandbox.Calls;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Notifying;

/// <summary>POSTs notifications to the merchant, with the site's own credentials, until 204.</summary>
internal sealed class NotificationSender(
    Notifications notifications, SandboxSettings settings, Journal journal, Lock gate) : BackgroundService
{
    private const int Senders = 32;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private static readonly MediaTypeHeaderValue Json = new("application/json", "utf-8");

    private readonly ConcurrentDictionary<int, Outage> outages = [];
    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false, UseProxy = false, ActivityHeadersPropagator = null, ConnectTimeout = TimeSpan.FromSeconds(5)
    })
    {
        Timeout = System.Threading.Timeout.InfiniteTimeSpan,
    };

    public override void Dispose()
    {
        http.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(
            Enumerable.Range(0, Senders).Select(_ => Task.Run(() => SendAllAsync(stoppingToken), stoppingToken)));

    private async Task SendAllAsync(CancellationToken ct)
    {
        await foreach (var notification in notifications.Ready.ReadAllAsync(ct))
        {
            // The merchant must not know what a killed sandbox would have forgotten.
            journal.Commit(gate);
            var answer = await DeliverAsync(notification, ct);
            lock (gate)
            {
                notifications.Attempted(notification, answer);
            }
        }
    }

    private async Task<string> DeliverAsync(Notification notification, CancellationToken ct)
    {
        if (!settings.Sites.TryGetValue(notification.SiteId, out var site))
        {
            return "no such site";
        }

        var outage = outages.GetOrAdd(site.Id, _ => new Outage());
        if (outage.Symptom is { } symptom)
        {
            return symptom;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, site.NotificationUrl)
        {
            Content = new ByteArrayContent(notification.Body),
        };
        request.Headers.Authorization =
            Credentials.Header(notification.IsForged ? site with { ApiKey = "forged-" + site.ApiKey } : site);
        request.Content.Headers.ContentType = Json;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Timeout);
        try
        {
            using var response = await http.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            return response.StatusCode is HttpStatusCode.NoContent
                ? "204"
                : ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError
            or HttpRequestError.NameResolutionError)
        {
            return outage.Began(e.HttpRequestError.ToString());
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

    /// <summary>
    /// A site that cannot be reached: its notifications fail at once for a moment, without connecting.
    /// </summary>
    private sealed class Outage
    {
        private const int Milliseconds = 100;
        private long until = Environment.TickCount64;
        private string symptom = "";

        public string? Symptom => Environment.TickCount64 < Interlocked.Read(ref until) ? symptom : null;

        public string Began(string what)
        {
            symptom = what;
            Interlocked.Exchange(ref until, Environment.TickCount64 + Milliseconds);
            return what;
        }
    }
}
