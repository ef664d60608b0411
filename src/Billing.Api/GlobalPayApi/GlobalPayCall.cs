using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Billing.Api.Hosting;
using Billing.Api.Hosting.Streams;
using Billing.Domain;
using Billing.Domain.Preapprovals;
using Billing.Gateway.Requests;
using Billing.Gateway.Wire;

namespace Billing.Api.GlobalPayApi;

/// <summary>
/// Shared by the GlobalPay-shaped endpoints: body, RequestId, error envelope (docs/globalpay.md section 3).
/// </summary>
public static class GlobalPayCall
{
    /// <summary>Bytes.</summary>
    public const int MostBytes = 64 * 1024;

    private const int MostRequestIdCharacters = 100;
    private const string BodyItem = "body";

    /// <summary>Refuses in the manner of a call about preapprovals.</summary>
    public static Task<IResult> PreapprovalAsync(HttpContext http, Func<Task<IResult>> call) =>
        Guarded(
            call,
            (code, text, status) => Say(
                RefusalWriter.Preapproval(code, text, Asked(http)), GlobalPayJson.Answers.PreapprovalEnvelope, status));

    /// <summary>Refuses in the manner of a call about payments.</summary>
    public static Task<IResult> PaymentAsync(HttpContext http, Func<Task<IResult>> call) =>
        Guarded(
            call,
            (code, text, status) => Say(
                RefusalWriter.Payment(code, text, Asked(http)), GlobalPayJson.Answers.PaymentEnvelope, status));

    /// <summary>Refuses in the manner of a call about refunds.</summary>
    /// <param name="paymentId">As the path has it.</param>
    public static Task<IResult> RefundAsync(HttpContext http, string paymentId, Func<Task<IResult>> call) =>
        Guarded(
            call, (code, text, status) => Say(
                RefusalWriter.Refund(code, text, GlobalPayQuery.Id(paymentId), Asked(http)),
                GlobalPayJson.Answers.RefundEnvelope, status), notFound: "17");

    public static IResult Say<T>(T body, JsonTypeInfo<T> json, int status) =>
        Results.Text(JsonSerializer.Serialize(body, json), "application/json; charset=utf-8", statusCode: status);

    /// <exception cref="PayloadTooLargeException">More than <see cref="MostBytes"/>.</exception>
    public static async Task<byte[]> BodyAsync(HttpContext http, CancellationToken ct)
    {
        var body =
            await Hosting.RequestBody.ReadAsync(http.Request, MostBytes, ct) ?? throw new PayloadTooLargeException();
        http.Items[BodyItem] = body;

        return body;
    }

    /// <summary>What makes a request the same one: method, path and body.</summary>
    /// <returns>SHA-256.</returns>
    public static byte[] Fingerprint(HttpContext http, byte[] body) =>
        SHA256.HashData(
            [.. Encoding.UTF8.GetBytes($"{http.Request.Method} {http.Request.Path.Value?.TrimEnd('/')}\n"), .. body]);

    /// <returns>Null when none was sent.</returns>
    /// <exception cref="RuleViolation">2: longer than 100 characters, or not plain text.</exception>
    public static string? RequestId(HttpContext http) => http.Request.Headers["RequestId"].ToString() switch
    {
        "" => null,
        var id when id.Length <= MostRequestIdCharacters && id.All(c => c is > ' ' and < (char)127) => id,
        _ => throw new RuleViolation("2", "Validation failed: RequestId must be 1 to 100 printable ASCII characters."),
    };

    private static async Task<IResult> Guarded(
        Func<Task<IResult>> call, Func<string, string, int, IResult> refuse, string notFound = "12")
    {
        try
        {
            return await call();
        }
        catch (RuleViolation violation)
        {
            return refuse(CodeOf(violation), violation.Message, StatusOf(violation));
        }
        catch (NotFoundException)
        {
            return refuse(notFound, "Item not found.", StatusCodes.Status404NotFound);
        }
        catch (PayloadTooLargeException)
        {
            return refuse(
                "2", "Validation failed: the body is larger than 64 KB.", StatusCodes.Status413PayloadTooLarge);
        }
        catch (Exception e) when (DatabaseErrors.IsConflict(e))
        {
            return refuse(
                "16",
                "An error has occurred. Please try again later: this preapproval is being changed by many at once.",
                StatusCodes.Status503ServiceUnavailable);
        }
        catch (GatewayTimeoutException unknown)
        {
            return refuse(
                UnknownOutcome.CodeOf(unknown.Call), UnknownOutcome.SentenceOf(unknown.Call),
                StatusCodes.Status504GatewayTimeout);
        }
        catch (GatewayUnavailableException)
        {
            return refuse(UnknownOutcome.Code, UnknownOutcome.NothingWasSent, StatusCodes.Status504GatewayTimeout);
        }
    }

    // A refusal echoes the caller's own id, or a client like ours could not believe it.
    private static ReadOnlyMemory<byte> Asked(HttpContext http) => http.Items[BodyItem] as byte[];

    // Of our extension, and of a person who is forgotten here, the gateway's own answers say nothing.
    private static int StatusOf(RuleViolation violation) => violation.Code switch
    {
        KnownKeys.Code or PreapprovalDecider.CustomerForgotten or PreapprovalDecider.RevisionUnknown
            or PreapprovalDecider.PeriodsUsed or PreapprovalDecider.FirstDuePassed or MandateLimits.Frequency =>
            StatusCodes.Status422UnprocessableEntity,
        IfMatch.Code => StatusCodes.Status412PreconditionFailed,
        _ => StatusCodes.Status400BadRequest,
    };

    // Our rules have words for codes; on these paths a return code of docs/globalpay.md section 3 is expected.
    private static string CodeOf(RuleViolation violation) => violation.Code switch
    {
        "preapproval_not_open" or MandateLimits.Lapsed => "12",
        "action_in_progress" => "113",
        "amount_invalid" or MandateLimits.AmountOverCap => "118",
        "currency_invalid" => "100",
        var code when code.All(char.IsAsciiDigit) => code,
        _ => "2",
    };
}
