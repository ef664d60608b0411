using System.Text.Json.Serialization;

namespace Billing.Sandbox.State;

/// <summary>What happens to the next notification of one preapproval or payment.</summary>
/// <param name="AfterDays">Of the sandbox clock, for one that is late.</param>
internal sealed record NotificationFate(NotificationFate.Way Kind, double AfterDays = 1)
{
    public static readonly NotificationFate Sent = new(Way.Sent);

    [JsonConverter(typeof(JsonStringEnumConverter<Way>))]
    internal enum Way
    {
        Sent,
        Lost,
        Twice,
        Late,

        /// <summary>One of the status before follows behind it.</summary>
        Reordered,

        /// <summary>It says the status before.</summary>
        Old,

        /// <summary>One with wrong credentials that says otherwise comes ahead of it.</summary>
        Forged,
    }
}
