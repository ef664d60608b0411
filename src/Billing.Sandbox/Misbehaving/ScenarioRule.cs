using System.Text.Json.Serialization;

namespace Billing.Sandbox;

/// <summary>When which call misbehaves how. A criterion that is absent matches everything.</summary>
internal sealed record ScenarioRule
{
    /// <summary>Shown by unknown_status when the rule names none.</summary>
    public const int UnknownStatusId = 99;

    public int Id { get; init; }
    public required OperationName Operation { get; init; }
    public string? MerchantPreapprovalId { get; init; }

    /// <summary>Exact, or a prefix when it ends with *.</summary>
    public string? MerchantTransactionId { get; init; }
    public int? PreapprovalId { get; init; }
    public int? MethodId { get; init; }

    /// <summary>Hundredths.</summary>
    public long? Amount { get; init; }
    public string? Email { get; init; }

    /// <summary>How often it fires; absent: always.</summary>
    public int? Times { get; init; }

    /// <summary>How many matching calls pass before it fires for the first time.</summary>
    public int Skip { get; init; }
    public required ScenarioAction Action { get; init; }
    public int? Code { get; init; }
    public string? Info { get; init; }
    public int? StatusId { get; init; }
    public int? DelayMs { get; init; }

    /// <summary>Days of the sandbox clock.</summary>
    public double? AfterDays { get; init; }

    public int Passed { get; init; }
    public int Fired { get; init; }

    [JsonIgnore]
    public TimeSpan Delay => TimeSpan.FromMilliseconds(DelayMs ?? 1000);

    public bool Matches(OperationName operation, Subject subject) =>
        Operation == operation
        && (MerchantPreapprovalId is null || MerchantPreapprovalId == subject.MerchantPreapprovalId)
        && (MerchantTransactionId is null || MatchesTransaction(subject.MerchantTransactionId))
        && (PreapprovalId is null || PreapprovalId == subject.PreapprovalId)
        && (MethodId is null || MethodId == subject.MethodId)
        && (Amount is null || Amount == subject.Amount)
        && (Email is null || string.Equals(Email, subject.Email, StringComparison.OrdinalIgnoreCase));

    /// <summary>The reason that a decline or refusal gives.</summary>
    public Reason Reason(int unset) => ReturnCodes.Reason(Code ?? unset, Info);

    private bool MatchesTransaction(string? id) =>
        id is not null && (MerchantTransactionId!.EndsWith('*') ? id.StartsWith(MerchantTransactionId[..^1], StringComparison.Ordinal) : id == MerchantTransactionId);
}
