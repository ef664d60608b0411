using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Billing.Gateway.Notifications;
using Microsoft.Extensions.Caching.Memory;

namespace Billing.Api.Hosting.Sites;

/// <summary>What came of a login.</summary>
/// <param name="Site">Null: refused.</param>
/// <param name="RetryAfter">Set when too many logins have failed before: the key was not compared.</param>
public readonly record struct Login(Site? Site, TimeSpan? RetryAfter = null);

/// <summary>Whose key a caller has to show.</summary>
public enum SiteKey
{
    /// <summary>The storefront's key to us.</summary>
    Storefront,

    /// <summary>Our key to the gateway, with which it sends its notifications.</summary>
    Gateway,
}

/// <summary>
/// Authenticates callers, logs failed logins, and refuses all logins of an address for a site after too many failures.
/// </summary>
/// <remarks>
/// Only failures are remembered, up to a fixed number of sources: a login that succeeds costs nothing, and failures
/// from another address or for another site do not delay it. The log names the address and one of our own sites,
/// never what the caller sent: a caller may have exchanged site and key.
/// </remarks>
public sealed partial class Logins(
    SiteRegister sites, CallerAddress callers, LoginOptions options, ILogger<Logins> log) : IDisposable
{
    private const int MostSources = 10_000;
    private const string Unknown = "unknown";
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly MemoryCache failures = new(new MemoryCacheOptions { SizeLimit = MostSources });

    /// <param name="wanted">Which of a site's keys must be shown; failures with one do not count for the other.</param>
    public Login Check(HttpContext http, SiteKey wanted)
    {
        var authorization = http.Request.Headers.Authorization.ToString();

        // Many clients send their credentials only after the challenge.
        if (authorization.Length == 0)
        {
            return default;
        }

        var address = callers.Of(http);
        var named = BasicCredentials.Read(authorization)?.SiteId is { } id ? sites.Find(id)?.Id : null;
        var source = (address is null ? null : CallerAddress.NetworkOf(address), named, wanted);

        if (failures.TryGetValue(source, out FixedWindowRateLimiter? limiter) && WaitOf(limiter!) is { } wait)
        {
            return new Login(null, wait);
        }

        if (sites.Authenticate(authorization, KeyOf(wanted)) is { } site)
        {
            return new Login(site);
        }

        Failed(log, named ?? Unknown, $"{address}");
        CountFailure(source, $"{address}");

        return default;
    }

    /// <summary>429 with Retry-After; the body is that of the path (<see cref="Failures"/>).</summary>
    public static IResult TooMany(HttpContext http, TimeSpan wait)
    {
        http.Response.Headers.RetryAfter =
            Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);

        return Results.StatusCode(StatusCodes.Status429TooManyRequests);
    }

    public void Dispose() => failures.Dispose();

    private static Func<Site, string> KeyOf(SiteKey wanted) =>
        wanted is SiteKey.Gateway ? site => site.GatewayApiKey : site => site.ApiKey;

    private void CountFailure((IPAddress?, string? Site, SiteKey) source, string address)
    {
        var limiter = failures.GetOrCreate(source, entry =>
        {
            (entry.Size, entry.SlidingExpiration) = (1, Window);

            return new FixedWindowRateLimiter(new FixedWindowRateLimiterOptions
            {
                PermitLimit = options.FailuresPerMinute, Window = Window, AutoReplenishment = false,
            });
        })!;
        using var counted = limiter.AttemptAcquire();

        if (WaitOf(limiter) is { } wait)
        {
            Refused(log, address, source.Site ?? Unknown, wait.TotalSeconds);
        }
    }

    // Null: another failure may follow.
    private static TimeSpan? WaitOf(FixedWindowRateLimiter limiter)
    {
        limiter.TryReplenish();
        using var free = limiter.AttemptAcquire(permitCount: 0);

        return free.IsAcquired ? null
            : free.TryGetMetadata(MetadataName.RetryAfter, out var wait) && wait > TimeSpan.Zero ? wait
            : Window;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A login for site {Site} from {Address} failed.")]
    private static partial void Failed(ILogger log, string site, string address);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Too many logins from {Address} for site {Site} have failed: they are refused for {Seconds:F0} s.")]
    private static partial void Refused(ILogger log, string address, string site, double seconds);
}
