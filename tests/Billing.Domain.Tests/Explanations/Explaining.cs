using Billing.Domain.Explanations;
using Billing.Domain.Preapprovals;
using static Billing.Domain.Tests.Explanations.Timeline;
using static Billing.Domain.Tests.Specs.A;

namespace Billing.Domain.Tests.Explanations;

internal static class Explaining
{
    public static readonly DateOnly March1 = new(2026, 3, 1);
    public static readonly DateOnly April1 = new(2026, 4, 1);

    public static void Explains(
        PreapprovalEvent[] history, DateOnly date, string decision, string? reason, string says,
        params string[] restsOn)
    {
        var explained = DateExplanation.Of(Story(history), date, At(3, 20));

        Assert.Equal((decision, reason), (explained.Decision, explained.Reason));
        Assert.Contains(says, string.Join(' ', explained.Sentences), StringComparison.Ordinal);
        Assert.All(explained.Sentences, sentence => Assert.EndsWith(".", sentence, StringComparison.Ordinal));
        Assert.Equal(restsOn, explained.Facts.Select(fact => fact.Type));
    }
}
