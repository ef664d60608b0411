using Billing.Domain.Preapprovals;

namespace Billing.Api.GlobalPayApi;

/// <summary>The answer to a create, change or close whose outcome is not known when the answer is due.</summary>
internal static class UnknownOutcome
{
    /// <summary>Where the gateway has given no code: "Unable to process the transaction".</summary>
    public const string Code = "15";

    public const string NothingWasSent =
        "The gateway cannot be called now. Nothing was sent and nothing was recorded; repeat the same request.";

    private const string CodeSymptom = "code_";
    private const string HttpSymptom = "http_";

    /// <returns>The gateway's own code where it answered with one.</returns>
    public static string CodeOf(OutboundCall? call) => Named(call, CodeSymptom) ?? Code;

    public static string SentenceOf(OutboundCall? call) =>
        $"{Known(call)} Repeat the same request, or read the object, to learn what became of it.";

    private static string Known(OutboundCall? call) => call switch
    {
        { State: OutboundState.NotSent, Symptom: { } symptom } =>
            $"It has not been sent to the gateway yet ({Words(symptom)}), and will be.",
        null or { Symptom: null or "timeout" } => "The gateway has not answered in time.",
        { Symptom: "connection_lost" } => "The connection to the gateway was lost before it answered.",
        _ when Named(call, CodeSymptom) is { } code =>
            $"The gateway answered with code {code}{MeaningOf(code)}, which does not say whether it was done.",
        _ when Named(call, HttpSymptom) is { } status =>
            $"The gateway answered with HTTP status {status}, which does not say whether it was done.",
        { Symptom: var symptom } => $"It is not known what the gateway has done ({Words(symptom)}).",
    };

    // docs/globalpay.md section 3.
    private static string MeaningOf(string code) => code switch
    {
        "0" => " (undefined)",
        "14" => " (generic error)",
        "15" => " (unable to process the transaction)",
        "16" => " (an error has occurred)",
        "112" => " (preapproval error)",
        _ => "",
    };

    private static string? Named(OutboundCall? call, string kind) =>
        call is { State: not OutboundState.NotSent, Symptom: { } symptom }
            && symptom.StartsWith(kind, StringComparison.Ordinal)
            ? symptom[kind.Length..]
            : null;

    private static string Words(string symptom) => symptom.Replace('_', ' ');
}
