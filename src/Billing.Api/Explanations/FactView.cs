using Billing.Domain.Explanations;

namespace Billing.Api.Explanations;

/// <summary>One event that an answer rests on.</summary>
/// <param name="HappenedAt">Business time.</param>
/// <param name="RecordedAt">Real clock of the node that recorded it.</param>
public sealed record FactView(
    long Version, string Type, DateTimeOffset HappenedAt, DateTimeOffset RecordedAt, string? By)
{
    public static FactView? Of(TimelineEvent? one) =>
        one is null ? null : new(one.Version, one.Type, one.HappenedAt, one.RecordedAt, one.By);
}

/// <summary>One event that an explanation rests on, and what it says.</summary>
/// <inheritdoc cref="FactView"/>
public sealed record ExplainedFactView(
    long Version, string Type, DateTimeOffset HappenedAt, DateTimeOffset RecordedAt, string? By, string Sentence)
{
    public static ExplainedFactView Of(TimelineEvent one) =>
        new(one.Version, one.Type, one.HappenedAt, one.RecordedAt, one.By, EventDescriber.Of(one));
}
