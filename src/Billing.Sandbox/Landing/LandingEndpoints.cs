using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Billing.Sandbox.Pages;
using Billing.Sandbox.Preapprovals;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Landing;

/// <summary>
/// Where RedirectURL leads: one address per method family, as in the seed documents, opened by ID and Hash.
/// </summary>
internal static class LandingEndpoints
{
    public static void MapLanding(this IEndpointRouteBuilder app, Methods methods)
    {
        foreach (var path in methods.LandingPaths)
        {
            app.MapGet(path, Show);
            app.MapPost(path, DecideAsync);
        }
    }

    private static IResult Show(
        HttpContext http, Store store, Methods methods, Approving approving, SandboxSettings settings, Lock gate)
    {
        lock (gate)
        {
            if (Find(http, store) is not { } row)
            {
                return LandingPage.Unknown();
            }

            var method = methods.Of(row.MethodId);
            if (row.StatusId != PreapprovalStatus.Pending)
            {
                return Settled(row, method, StatusCodes.Status200OK);
            }

            if (settings.AutoApprove)
            {
                approving.Approve(row);
                return LandingPage.Done(
                    row, method, "Approved", "The sandbox approves by itself: Sandbox__AutoApprove is on.");
            }

            return LandingPage.Asking(row, method, 0, FormCollection.Empty, complains: false);
        }
    }

    private static async Task<IResult> DecideAsync(
        HttpContext http, Store store, Methods methods, Approving approving, Lock gate)
    {
        var form = await PostedForm.ReadAsync(http);
        lock (gate)
        {
            if (Find(http, store) is not { } row)
            {
                return LandingPage.Unknown();
            }

            var method = methods.Of(row.MethodId);
            return form["decision"].ToString() switch
            {
                // Twice pressed is once approved, and leads back both times.
                "approve" when row.StatusId == PreapprovalStatus.Open => Back(
                    http, row, method, "Approved already", "The merchant may charge you until one of you closes this."),
                "approve" or "refuse" or "continue" when row.StatusId != PreapprovalStatus.Pending =>
                    Settled(row, method, StatusCodes.Status409Conflict),
                "approve" => Approve(http, row, method, form, approving),

                // Stays Pending; no source knows another status for it (docs/globalpay.md section 6.5).
                "refuse" => Back(http, row, method, "Refused", "Nothing was agreed."),
                "continue" => Continue(row, method, form),
                _ => LandingPage.Done(
                    row, method, "Approve or refuse?", "The form says neither, and nothing was changed.",
                    StatusCodes.Status400BadRequest),
            };
        }
    }

    private static IResult Approve(
        HttpContext http, Preapproval row, Method method, IFormCollection form, Approving approving)
    {
        var journey = Journey.Of(method);
        for (var i = 0; i < journey.Count; i++)
        {
            if (!journey[i].IsRight(form))
            {
                return LandingPage.Asking(row, method, i, form, complains: true);
            }
        }

        approving.Approve(row);
        return Back(http, row, method, "Approved", "The merchant will be notified.");
    }

    // Earlier steps are looked at again: their answers come from the browser each time.
    private static IResult Continue(Preapproval row, Method method, IFormCollection form)
    {
        var journey = Journey.Of(method);
        var last = journey.Count - 1;
        var at = int.TryParse(form["step"], NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            ? Math.Min(step, last)
            : 0;
        for (var i = 0; i <= at; i++)
        {
            if (!journey[i].IsRight(form))
            {
                return LandingPage.Asking(row, method, i, form, complains: true);
            }
        }

        return LandingPage.Asking(row, method, Math.Min(at + 1, last), form, complains: false);
    }

    private static IResult Settled(Preapproval row, Method method, int status) => row.StatusId == PreapprovalStatus.Open
        ? LandingPage.Done(
            row, method, "Approved already", "The merchant may charge you until one of you closes this.", status)
        : LandingPage.Done(row, method, "Closed", "The merchant may not charge you any more.", status);

    private static IResult Back(HttpContext http, Preapproval row, Method method, string sentence, string explanation)
    {
        if (ReturnAddress.Of(row) is not { } address)
        {
            return LandingPage.Done(row, method, sentence, explanation);
        }

        http.Response.Headers.Location = address;
        return Results.StatusCode(StatusCodes.Status302Found);
    }

    private static Preapproval? Find(HttpContext http, Store store)
    {
        var query = http.Request.Query;
        return int.TryParse(query["ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && store.PreapprovalByLanding(id) is { LandingHash: { } hash } row
            && CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(hash), Encoding.UTF8.GetBytes(query["Hash"].ToString()))
                ? row
                : null;
    }
}
