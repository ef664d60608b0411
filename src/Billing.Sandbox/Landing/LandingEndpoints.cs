using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Billing.Sandbox;

/// <summary>Where RedirectURL leads: one address per method family, as in the seed documents, opened by ID and Hash.</summary>
internal static class LandingEndpoints
{
    private const string Html = "text/html; charset=utf-8";

    public static void MapLanding(this IEndpointRouteBuilder app, Methods methods)
    {
        foreach (var path in methods.LandingPaths)
        {
            app.MapGet(path, Show);
            app.MapPost(path, DecideAsync);
        }
    }

    private static IResult Show(HttpContext http, Store store, Methods methods, Approving approving, SandboxSettings settings, Lock gate)
    {
        lock (gate)
        {
            if (Find(http, store) is not { } row)
            {
                return Unknown();
            }

            if (settings.AutoApprove && row.StatusId == PreapprovalStatus.Pending)
            {
                approving.Approve(row);
                return Results.Content(LandingPage.Done(row, "Approved", Return(row)), Html);
            }

            return row.StatusId switch
            {
                PreapprovalStatus.Pending => Results.Content(LandingPage.Question(row, methods.Of(row.MethodId)), Html),
                PreapprovalStatus.Open => Results.Content(LandingPage.Done(row, "Approved already", Return(row)), Html),
                _ => Results.Content(LandingPage.Done(row, "Closed", null), Html),
            };
        }
    }

    private static async Task<IResult> DecideAsync(HttpContext http, Store store, Approving approving, Lock gate)
    {
        var form = http.Request.HasFormContentType ? await http.Request.ReadFormAsync(http.RequestAborted) : FormCollection.Empty;
        lock (gate)
        {
            if (Find(http, store) is not { } row)
            {
                return Unknown();
            }

            switch (form["decision"].ToString())
            {
                case "approve":
                    approving.Approve(row);
                    break;
                case "refuse":
                    // Stays Pending; no source knows another status for it (GLOBALPAY.md section 6.5).
                    break;
                default:
                    return Results.Content(LandingPage.Done(row, "Approve or refuse?", null), Html, Encoding.UTF8, StatusCodes.Status400BadRequest);
            }

            http.Response.Headers.Location = Return(row);
            return Results.StatusCode(StatusCodes.Status302Found);
        }
    }

    private static Preapproval? Find(HttpContext http, Store store)
    {
        var query = http.Request.Query;
        return int.TryParse(query["ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && store.PreapprovalByLanding(id) is { LandingHash: { } hash } row
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(hash), Encoding.UTF8.GetBytes(query["Hash"].ToString()))
                ? row
                : null;
    }

    // "A transaction ID is returned within the return URL" (GLOBALPAY.md section 9); its name is not documented.
    private static string Return(Preapproval row)
    {
        var url = row.ReturnUrl ?? "/";
        url = url.Contains("://", StringComparison.Ordinal) ? url : Uri.UnescapeDataString(url);
        var separator = url.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        return new Uri($"{url}{separator}transactionID={row.LandingId}", UriKind.RelativeOrAbsolute) is { IsAbsoluteUri: true } absolute ? absolute.AbsoluteUri : "/";
    }

    private static IResult Unknown() => Results.Content(LandingPage.Unknown(), Html, Encoding.UTF8, StatusCodes.Status404NotFound);
}
