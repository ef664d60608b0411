using System.Text.Json.Serialization;
using Billing.Sandbox.Calls;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Misbehaving;

/// <summary>When which call misbehaves how. A criterion that is absent matches everything.</summary>
internal sealed record ScenarioRule
{
    /// <summary>Shown by unknown_status when the rule names none.</summary>
    public const int UnknownStatusId = 99;

    public int Id { get; init; }
    public required OperationName Operation { get; init; }
    public string? MerchantPreapprovalId { get; init; }

    /// <summary>Exact, or a beginning before a *.</summary>
    public string? MerchantTransactionId { get; init; }
    public int? PreapprovalId { get; init; }
    public int? MethodId { get; init; }

    /// <summary>Hundredths.</summary>
    public long? Amount { get; init; }

    /// <summary>Exact, a beginning before a *, or an end behind one; upper and lower case are the same.</summary>
    public string? Email { get; init; }

    /// <summary>How often it fires; absent: always.</summary>
    public int? Times { get; init; }

    /// <summary>How many matching calls pass before it fires for the first time.</summary>
    public int Skip { get; init; }

    /// <summary>Of a hundred matching calls, how many it is meant for; absent: all. See <see cref="Chance"/>.</summary>
    public double? Percent { get; init; }

    /// <summary>Another seed, other calls of the same hundred.</summary>
    public int? Seed { get; init; }
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

    /// <summary>In whole seconds, as Retry-After has it.</summary>
    [JsonIgnore]
    public int RetryAfterSeconds => Math.Max(1, (int)Math.Ceiling(Delay.TotalSeconds));

    public bool Matches(OperationName operation, Subject subject) =>
        Operation == operation
        && (MerchantPreapprovalId is null || MerchantPreapprovalId == subject.MerchantPreapprovalId)
        && (MerchantTransactionId is null
            || Fits(MerchantTransactionId, subject.MerchantTransactionId, StringComparison.Ordinal))
        && (PreapprovalId is null || PreapprovalId == subject.PreapprovalId)
        && (MethodId is null || MethodId == subject.MethodId)
        && (Amount is null || Amount == subject.Amount)
        && (Email is null || Fits(Email, subject.Email, StringComparison.OrdinalIgnoreCase));

    /// <summary>Why this rule could never do anything; null when it could.</summary>
    public string? Complaint() =>
        Percent is < 0 or > 100 or double.NaN ? "percent is between 0 and 100."
        : DelayMs is < 0 or > 600_000 ? "delayMs is between 0 and 600000."
        : AfterDays is < 0 or > 36_500 or double.NaN ? "afterDays is between 0 and 36500."
        : ScenarioReach.Of(Action, Operation) ? null
        : $"{NamedValueConverter<ScenarioAction>.Name(Action)} does nothing to "
            + $"{NamedValueConverter<OperationName>.Name(Operation)}.";

    /// <summary>The reason that a decline or refusal gives.</summary>
    public Reason Reason(int unset) => ReturnCodes.Reason(Code ?? unset, Info);

    private static bool Fits(string pattern, string? text, StringComparison comparison) => text is not null
        && (pattern.EndsWith('*') ? text.StartsWith(pattern[..^1], comparison)
            : pattern.StartsWith('*') ? text.EndsWith(pattern[1..], comparison)
            : string.Equals(pattern, text, comparison));
}
