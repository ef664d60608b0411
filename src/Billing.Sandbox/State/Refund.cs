using System.Text.Json;

namespace Billing.Sandbox.State;

/// <summary>A refund as the gateway keeps it. Amount in hundredths; Details and Articles as they were given.</summary>
internal sealed record Refund
{
    public int Id { get; init; }
    public string? Created { get; init; }
    public required int SiteId { get; init; }
    public required int ShownSiteId { get; init; }
    public required int PaymentId { get; init; }
    public string? MerchantTransactionId { get; init; }
    public string? OriginatorTransactionId { get; init; }
    public long? Amount { get; init; }
    public string? Currency { get; init; }
    public string? Description { get; init; }
    public int TypeId { get; init; }
    public JsonElement? Details { get; init; }
    public Customer? Customer { get; init; }
    public Address? BillingAddress { get; init; }
    public Address? BankAddress { get; init; }
    public JsonElement? Articles { get; init; }
    public int? StatusId { get; init; }
    public IReadOnlyList<Reason>? Reasons { get; init; }
    public NotificationFate Fate { get; init; } = NotificationFate.Sent;
}
