using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Billing.Domain.Preapprovals;
using Billing.Domain.Profiles;
using Billing.Gateway;

namespace Billing.Api.Hosting.Outbound;

/// <summary>Section <c>Charging</c>: how calls are sent and looked up.</summary>
public sealed class ChargingOptions : IValidatableObject
{
    [Description("How long after its intent was recorded a call may be sent; later it is looked up instead.")]
    [Range(1, 30)]
    public double SendWindowSeconds { get; set; } = 30;

    [Range(1, 1_000), Description("The most due charges, or changes of a price, that one commit decides.")]
    public int PageSize { get; set; } = 200;

    [Range(1, 29), Description("How long a storefront's call waits for the gateway.")]
    public double AnswerWithinSeconds { get; set; } = 20;

    [Description("Calls to the gateway under way at once, per node; at most `Gateway__MaxConnections`.")]
    [Range(1, 2_000)]
    public int MaxInFlight { get; set; } = 256;

    [Range(0.05, 600), Description(
        "How long a call waits that could not be sent, or before which the gateway could not be asked. Costs no "
        + "attempt. Keep it below `Charging__QuietMinutes`.")]
    public double AskAgainSeconds { get; set; } = 30;

    // Ten years: a longer pause is a typing error.
    [Range(0, 5_256_000, MinimumIsExclusive = true), Description(
        "Business time between look-ups of an unknown outcome; after the last one it has an owner. A list "
        + "replaces all.")]
    public double[]? LookUpMinutes { get; set; }

    [Description("Whether the second payment of a period that was paid twice is refunded automatically.")]
    public OnOff RefundPaidTwice { get; set; }

    [Range(0, 10_000), Description(
        "Business time during which \"not found\" is not believed; longer than send window and time-out plus "
        + "a second.")]
    public double QuietMinutes { get; set; } = 10;

    [Description("Business time after which something that was due and did not happen is reported as overdue.")]
    [Range(1, 10_080)]
    public double OverdueAfterMinutes { get; set; } = 15;

    [Range(0, 3_650), Description(
        "Business time after which a preapproval that was not approved is abandoned; a later approval revives it. "
        + "0: never.")]
    public double AbandonAfterDays { get; set; } = 30;

    [Range(1, 365), Description(
        "Days before a mandate lapses for want of use from which it is listed as something that waits for a person, "
        + "if no charge is planned before.")]
    public int WarnOfLapseDays { get; set; } = 90;

    /// <summary>Real time in which a committed intent may be sent by the process that wrote it.</summary>
    public TimeSpan SendWindow => TimeSpan.FromSeconds(SendWindowSeconds);

    /// <summary>How long a call waits for the gateway before 504, or 201 with Status 7.</summary>
    public TimeSpan AnswerWithin => TimeSpan.FromSeconds(AnswerWithinSeconds);

    /// <summary>Real time.</summary>
    public TimeSpan AskAgain => TimeSpan.FromSeconds(AskAgainSeconds);

    public TimeSpan OverdueAfter => TimeSpan.FromMinutes(OverdueAfterMinutes);

    /// <summary>How long a customer may take to approve, in business time; null: for ever.</summary>
    public TimeSpan? AbandonAfter => AbandonAfterDays > 0 ? TimeSpan.FromDays(AbandonAfterDays) : null;

    public LookUpPolicy LookUps(GatewayOptions gateway, MethodProfiles profiles) => new(
        [.. LookUpMinutes!.Select(TimeSpan.FromMinutes)], TimeSpan.FromMinutes(QuietMinutes), Fence(gateway),
        MaxResends: 3)
    {
        Profiles = profiles,
    };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var gateway = validationContext.GetRequiredService<GatewayOptions>();

        if (MaxInFlight > gateway.MaxConnections)
        {
            yield return new(
                "must not be more than Gateway__MaxConnections, or a call could time out while it waits for a "
                + "connection, and it would be unknown whether it was sent.",
                [nameof(MaxInFlight)]);
        }

        if (TimeSpan.FromMinutes(QuietMinutes) <= Fence(gateway))
        {
            yield return new(
                "must be longer than the send window and the time-out together.", [nameof(QuietMinutes)]);
        }
    }

    internal void SetDefaults() => LookUpMinutes ??= [5, 60, 1_440, 1_440, 1_440, 1_440, 1_440];

    private TimeSpan Fence(GatewayOptions gateway) => SendWindow + gateway.Timeout + TimeSpan.FromSeconds(1);
}

/// <summary>How a switch is set that is written as a word.</summary>
public enum OnOff
{
    Off,
    On,
}
