namespace Billing.Api.Hosting.Sites;

/// <summary>Who is asking: Basic auth, SiteID and the storefront's key, compared in constant time.</summary>
public static class Storefront
{
    private const string Item = "site";

    /// <summary>Admits only authenticated sites; <paramref name="deny"/> refuses in the form of the path.</summary>
    public static RouteGroupBuilder RequireStorefront(this RouteGroupBuilder group, Func<IResult> deny)
    {
        group.WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status429TooManyRequests));
        group.AddEndpointFilter(async (context, next) =>
        {
            var http = context.HttpContext;
            var login = http.RequestServices.GetRequiredService<Logins>().Check(http, SiteKey.Storefront);

            if (login.RetryAfter is { } wait)
            {
                return Logins.TooMany(http, wait);
            }

            if (login.Site is not { } site)
            {
                http.Response.Headers.WWWAuthenticate = "Basic realm=\"billing\"";
                return deny();
            }

            http.Items[Item] = site;
            return await next(context);
        });

        return group;
    }

    /// <summary>The authenticated site: the tenant of everything that this request may see.</summary>
    public static Site SiteOf(HttpContext http) => (Site)http.Items[Item]!;
}
