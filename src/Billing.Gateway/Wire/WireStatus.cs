using System.Text.Json.Serialization;

namespace Billing.Gateway.Wire;

/// <summary>Status of a preapproval or payment. The number decides; Info is often null (docs/globalpay.md).</summary>
public sealed record WireStatus
{
    public int? ID { get; init; }

    public string? Info { get; init; }

    public IReadOnlyList<WireReason>? Reasons { get; init; }

    [JsonIgnore]
    internal WireReason? FirstReason => Reasons is [var first, ..] ? first : null;
}

/// <summary>One return code with its text (docs/globalpay.md).</summary>
public sealed record WireReason
{
    /// <summary>Digits; a JSON number is read as well.</summary>
    public string? Code { get; init; }

    public string? Info { get; init; }
}
