using Billing.Domain.Preapprovals;

namespace Billing.Domain.Explanations;

/// <summary>Why something was charged, or why not: from events alone.</summary>
/// <param name="Decision">
/// snake_case; <see cref="DateExplanation"/> and <see cref="PaymentExplanation"/> list the words.
/// </param>
/// <param name="Reason">snake_case, where the decision alone does not say it.</param>
/// <param name="Sentences">The whole answer for a person.</param>
/// <param name="Facts">The events that it rests on, in the order of the stream.</param>
public sealed record Explanation(
    string Decision, string? Reason, IReadOnlyList<string> Sentences, IReadOnlyList<TimelineEvent> Facts)
{
    internal static Explanation Of(
        string decision, string? reason, IEnumerable<string> sentences, IEnumerable<TimelineEvent?> facts) =>
        new(
            decision, reason, [.. sentences],
            [.. facts.OfType<TimelineEvent>().DistinctBy(one => one.Version).OrderBy(one => one.Version)]);
}
