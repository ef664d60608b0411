namespace Billing.Sandbox.State;

/// <summary>
/// A preapproval as the gateway keeps it; <c>PreapprovalShape</c> decides what an answer shows.
/// </summary>
/// <remarks>
/// <see cref="SiteId"/> owns it; answers show <see cref="ShownSiteId"/> (docs/globalpay.md section 6.3).
/// </remarks>
internal sealed record Preapproval
{
    public int Id { get; init; }
    public string? Created { get; init; }
    public required int SiteId { get; init; }
    public required int ShownSiteId { get; init; }
    public int? MethodId { get; init; }
    public string? MerchantPreapprovalId { get; init; }
    public long RecurringPeriod { get; init; }
    public long? MaximumAmount { get; init; }
    public string? Currency { get; init; }
    public string? ReturnUrl { get; init; }
    public string? Description { get; init; }
    public Customer? Customer { get; init; }
    public Address? BillingAddress { get; init; }
    public int StatusId { get; init; }
    public string? RedirectUrl { get; init; }
    public int LandingId { get; init; }
    public string? LandingHash { get; init; }
    public int MethodOptionId { get; init; }
    public string? MandateReference { get; init; }
    public NotificationFate Fate { get; init; } = NotificationFate.Sent;
}

/// <summary>A recurrent payment as the gateway keeps it. Amounts are hundredths.</summary>
internal sealed record Payment
{
    public int Id { get; init; }
    public string? Created { get; init; }
    public required int SiteId { get; init; }
    public required int ShownSiteId { get; init; }
    public string? MerchantTransactionId { get; init; }
    public string? OriginatorTransactionId { get; init; }
    public long? Amount { get; init; }

    /// <summary>What a capture took; null where nothing was captured by itself.</summary>
    public long? CapturedAmount { get; init; }
    public string? Currency { get; init; }
    public string? Description { get; init; }
    public int? MethodId { get; init; }
    public string? NotificationDateTime { get; init; }
    public Customer? Customer { get; init; }
    public Address? BillingAddress { get; init; }
    public int? PreapprovalId { get; init; }
    public int? StatusId { get; init; }
    public IReadOnlyList<Reason>? Reasons { get; init; }

    /// <summary>When the money came, by the sandbox clock: windows of reversals begin here.</summary>
    public DateTimeOffset? SettledAt { get; init; }
    public NotificationFate Fate { get; init; } = NotificationFate.Sent;
}

internal sealed record Customer(
    int Id,
    string? MerchantCustomerId,
    string? Email,
    string? FirstName,
    string? LastName,
    string? Gender,
    string? SocialSecurityNumber,
    string? SocialSecurityNumber2,
    string? Phone,
    string? Company,
    string? DateOfBirth);

internal sealed record Address(
    int Id,
    string? City,
    string? ZipCode,
    string? State,
    string? Street,
    string? StreetNumber,
    string? HouseNumber,
    string? HouseExtension,
    string? Country);

/// <summary>Why a call or a payment was refused: an entry of Status.Reasons.</summary>
internal sealed record Reason(string Code, string? Info);
