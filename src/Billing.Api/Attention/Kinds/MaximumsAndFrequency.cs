using Billing.Domain.Profiles;

namespace Billing.Api.Attention.Kinds;

/// <summary>Subscriptions whose next period costs more than is left of what was approved for all charges.</summary>
public sealed class UsedMaximums(AttentionRows rows, MethodProfiles profiles) : MandateLimitKind(rows, profiles)
{
    public override string Name => "maximum_nearly_used";

    protected override string Column => "maximum_used_since";

    protected override IEnumerable<string> Conditions => Each(profile => profile.Cap is CapRule.Aggregate, _ => "");

    public override AttentionItem Item(AttentionRow row) => Item(
        row, AttentionItem.Business,
        "The next charge does not fit into what is left of PreapprovedMaximumAmount, and its period will be skipped "
        + "(over_cap): lower the price, or ask the customer for a new mandate and close this one.",
        Settling.Call($"DELETE /v1/preapprovals/{row["gateway_id"]}"));
}

/// <summary>Subscriptions of which one period costs more than was approved for a charge.</summary>
public sealed class PricesOverMaximum(AttentionRows rows, MethodProfiles profiles) : MandateLimitKind(rows, profiles)
{
    public override string Name => "price_over_maximum";

    protected override string Column => "over_maximum_since";

    // A price that is over the maximum alone waits of nearly every method: the index is in the order of the list.
    protected override IEnumerable<string> Conditions => [AllBut(profile => profile.Cap is not CapRule.PerCharge)];

    public override AttentionItem Item(AttentionRow row) => Item(
        row, AttentionItem.Business,
        "A period costs more than PreapprovedMaximumAmount, and is skipped (over_cap): lower the price, or ask the "
        + "customer for a new mandate and close this one.",
        Settling.Call($"DELETE /v1/preapprovals/{row["gateway_id"]}"));
}

/// <summary>Subscriptions that would be charged more often than was approved.</summary>
public sealed class TooFrequentSchedules(AttentionRows rows, MethodProfiles profiles)
    : MandateLimitKind(rows, profiles)
{
    public override string Name => "frequency_exceeded";

    protected override string Column => "too_often_since";

    protected override IEnumerable<string> Conditions => [AllBut(profile => !profile.ObeysFrequency)];

    public override AttentionItem Item(AttentionRow row) => Item(
        row, AttentionItem.Business,
        $"The schedule charges more often than the customer approved ({row["frequency"]}), and its periods are skipped "
        + "(frequency_exceeded): choose a longer interval, or ask the customer for a new mandate and close this one.",
        Settling.Call($"POST /v1/subscriptions/{row.Key}/schedule", "{\"every\":1,\"unit\":\"month\"}"),
        Settling.Call($"DELETE /v1/preapprovals/{row["gateway_id"]}"));
}
