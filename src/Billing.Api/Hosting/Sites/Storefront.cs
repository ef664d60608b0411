using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace Billing.Api.Hosting.Sites;

/// <summary>Who is asking: Basic authentication with the SiteID and the storefront's key.</summary>
/// <remarks>A refusal has no body here: <see cref="Failures"/> writes it in the form of the path.</remarks>
public sealed class Storefront(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logging, UrlEncoder encoder, Logins logins)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logging, encoder)
{
    /// <summary>The name of the authentication scheme.</summary>
    public const string SchemeName = "Storefront";

    private const string Item = "site";

    private TimeSpan? retryAfter;

    /// <summary>The authenticated site: the tenant of everything that this request may see.</summary>
    public static Site SiteOf(HttpContext http) => (Site)http.Items[Item]!;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // Others, as the gateway with its own key, are no failed logins of a storefront.
        if (Context.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>() is null)
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        var login = logins.Check(Context, SiteKey.Storefront);
        retryAfter = login.RetryAfter;

        if (login.Site is not { } site)
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        Context.Items[Item] = site;
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, site.Id)], SchemeName);

        return Task.FromResult(
            AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (retryAfter is { } wait)
        {
            return Logins.TooMany(Context, wait).ExecuteAsync(Context);
        }

        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = "Basic realm=\"billing\"";

        return Task.CompletedTask;
    }
}

/// <summary>Endpoints for authenticated storefronts only.</summary>
public static class StorefrontEndpoints
{
    /// <remarks>AddAuthentication would also bring data protection, which writes keys to the disk.</remarks>
    public static void AddStorefronts(this IServiceCollection services)
    {
        services.AddAuthenticationCore(options =>
        {
            options.AddScheme<Storefront>(Storefront.SchemeName, displayName: null);
            options.DefaultScheme = Storefront.SchemeName;
        });
        services.AddTransient<Storefront>();
        services.AddWebEncoders();
        services.AddAuthorization();
    }

    public static RouteGroupBuilder RequireStorefront(this RouteGroupBuilder group) =>
        group.RequireAuthorization()
            .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status429TooManyRequests));
}
