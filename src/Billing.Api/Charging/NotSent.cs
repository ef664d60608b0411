using Billing.Domain.Gateway;
using Billing.Messaging;

namespace Billing.Api.Charging;

/// <summary>What provably never left the house waits as if it had not been claimed: it is no attempt, no failure and nothing unknown.</summary>
/// <remarks>Also of what was claimed before: then nobody could be asked, and the next claim asks.</remarks>
internal static class NotSent
{
    /// <returns>Null for an answer to something that was sent.</returns>
    public static HandlerResult.HandBack? HandBack(ChargeAnswer answer, Delivery delivery) => answer is ChargeAnswer.NotSent it ? Later(it.Wait, it.Symptom, delivery) : null;

    /// <inheritdoc cref="HandBack(ChargeAnswer, Delivery)"/>
    public static HandlerResult.HandBack? HandBack(RefundAnswer answer, Delivery delivery) => answer is RefundAnswer.NotSent it ? Later(it.Wait, it.Symptom, delivery) : null;

    /// <inheritdoc cref="HandBack(ChargeAnswer, Delivery)"/>
    public static HandlerResult.HandBack? HandBack(MandateAnswer answer, Delivery delivery) => answer is MandateAnswer.NotSent it ? Later(it.Wait, it.Symptom, delivery) : null;

    // Spread over once more that time, each message at its own point: what waits for a gateway must not come back all at once.
    private static HandlerResult.HandBack Later(TimeSpan wait, string symptom, Delivery delivery) => new(wait * (1 + (delivery.MessageId.ToByteArray()[15] / 256.0)), symptom);
}
