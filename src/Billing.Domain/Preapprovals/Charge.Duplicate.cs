using System.Text.Json.Serialization;

namespace Billing.Domain.Preapprovals;

/// <remarks>A charge whose id the gateway had already, perhaps with another amount.</remarks>
public sealed partial record Charge
{
    // Parts of a field of drift. They are stored in events: never renamed.
    private const string FieldPrefix = "charge.";
    private const string FieldSuffix = ".amount";

    // Every symptom of a duplicate begins with it. It is stored in events: never renamed.
    private const string DuplicateSymptom = "duplicate";

    /// <summary>What was taken or, before that, what was asked for: amount and currency.</summary>
    [JsonIgnore]
    public Money Paid => CapturedAmount ?? Amount;

    /// <summary>The amount that the gateway shows, which of a duplicate is not the one that was asked for.</summary>
    [JsonIgnore]
    public Money ShownAmount => IsDuplicate ? Paid : Amount;

    /// <summary>The field of drift that says that the gateway has another amount than was asked for.</summary>
    public static string AmountField(string merchantTransactionId) =>
        $"{FieldPrefix}{merchantTransactionId}{FieldSuffix}";

    /// <returns>The MerchantTransactionID of each charge of which the gateway has another amount.</returns>
    public static IEnumerable<string> DuplicatesOf(DriftFound drift) => drift.Fields
        .Where(field => field.StartsWith(FieldPrefix, StringComparison.Ordinal)
            && field.EndsWith(FieldSuffix, StringComparison.Ordinal)
            && field.Length > FieldPrefix.Length + FieldSuffix.Length)
        .Select(field => field[FieldPrefix.Length..^FieldSuffix.Length]);

    private static bool IsDuplicateSymptom(string symptom) =>
        symptom.StartsWith(DuplicateSymptom, StringComparison.Ordinal);
}
