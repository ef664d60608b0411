using System.Text.Json.Serialization;

namespace Billing.Api.Attention;

/// <summary>Something that waits for a person. Nothing in it is personal.</summary>
/// <param name="Site">Null of a message that belongs to no site, and of the transparency log.</param>
/// <param name="Since">Since when it waits, by the clock that <paramref name="Clock"/> names.</param>
/// <param name="Clock">business or real.</param>
/// <param name="Why">A sentence.</param>
/// <param name="Commands">
/// What settles it, one of them is enough: ./billing with its arguments, or method, path and body of a call. WHO and
/// TEXT are to be replaced.
/// </param>
public sealed record AttentionItem(
    string Kind, string? Site, DateTimeOffset Since, string Clock, string Why, IReadOnlyList<string> Commands)
{
    public const string Business = "business";
    public const string Real = "real";

    /// <summary>Orders items of one kind and time.</summary>
    [JsonIgnore]
    public string Key { get; init; } = "";

    public Guid? SubscriptionId { get; init; }

    /// <summary>The gateway's number of the preapproval.</summary>
    public int? GatewayPreapprovalId { get; init; }

    public string? MerchantPreapprovalId { get; init; }

    /// <summary>Of the charge.</summary>
    public string? MerchantTransactionId { get; init; }

    public int? GatewayPaymentId { get; init; }

    /// <summary>The refund's MerchantTransactionID, or # and the gateway's Refund.ID of one made elsewhere.</summary>
    public string? RefundId { get; init; }

    public Guid? NotificationId { get; init; }

    /// <summary>Of the quarantined response.</summary>
    public Guid? ResponseId { get; init; }

    /// <summary>Of the message that failed.</summary>
    public Guid? MessageId { get; init; }

    /// <summary>Minor units of <see cref="Currency"/>; null where no money is concerned.</summary>
    public long? AmountMinor { get; init; }

    public string? Currency { get; init; }
}

/// <param name="Next">Send it as <c>after</c> to get the next page; null on the last.</param>
public sealed record AttentionPage(IReadOnlyList<AttentionItem> Items, string? Next);

/// <summary>The JSON of the list: camelCase, nulls written, RFC 3339.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AttentionPage))]
public sealed partial class AttentionJsonContext : JsonSerializerContext;
