using System.Text.Json;
using System.Text.Json.Serialization;

namespace Billing.Gateway.Wire;

/// <summary>Our extension of the Preapproval object: when and how much to charge.</summary>
/// <remarks>Only read here; the domain judges it.</remarks>
public sealed record WireSchedule
{
    /// <summary>ISO 4217 minor units of <see cref="Currency"/>, unlike every amount that GlobalPay defines.</summary>
    public long? AmountMinor { get; init; }

    public string? Currency { get; init; }

    public int? Every { get; init; }

    /// <summary>day, week, month or year.</summary>
    public string? Unit { get; init; }

    /// <summary>yyyy-MM-dd.</summary>
    public string? FirstDueOn { get; init; }

    /// <summary>An IANA zone.</summary>
    public string? TimeZone { get; init; }

    /// <summary>yyyy-MM-dd.</summary>
    public string? EndsOn { get; init; }

    /// <summary>Of the whole plan, across its revisions.</summary>
    public int? Periods { get; init; }

    /// <summary>Shown only: what is sent back of it is ignored.</summary>
    public int? PeriodsLeft { get; init; }

    /// <summary>bill_all, latest_only or skip.</summary>
    public string? CatchUp { get; init; }

    /// <summary>continue, suspend or close.</summary>
    public string? AfterRetries { get; init; }

    /// <summary>
    /// Of an answer: the revision in force. Of a change: the one that its sender has read; null: whatever is in force.
    /// </summary>
    public int? Revision { get; init; }

    /// <summary>Every other key, so that it can be refused by name.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Unknown { get; set; }
}
