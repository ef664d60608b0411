using System.Text.Json.Serialization;
using Billing.Domain.Scheduling;

namespace Billing.Api.PriceChanges;

/// <summary>POST /v1/price-changes: which subscriptions, their new price, and from when on.</summary>
/// <param name="Currency">Of the subscriptions that it is about.</param>
/// <param name="FromAmountMinor">Only those of this price, in minor units; omitted: of any.</param>
/// <param name="Every">Only those of this interval; omitted: of any.</param>
/// <param name="Unit">day, week, month or year; omitted: of any.</param>
/// <param name="MethodId">Only those of this payment method; omitted: of any.</param>
/// <param name="RequestedBefore">RFC 3339: only those requested before; omitted: before now.</param>
/// <param name="ToAmountMinor">The new price in minor units; omitted where percent is given.</param>
/// <param name="Percent">By how many percent the price rises; negative: it falls.</param>
/// <param name="EffectiveOn">yyyy-MM-dd, the first day that may be due by it, in the zone of each schedule.</param>
public sealed record PriceChangeRequest(
    string? Currency, long? FromAmountMinor, int? Every, string? Unit, int? MethodId, string? RequestedBefore,
    long? ToAmountMinor, decimal? Percent, string? EffectiveOn);

/// <summary>What became of the subscriptions, or would become of them.</summary>
/// <param name="Total">How many there were to look at when it began.</param>
/// <param name="Looked">How many were looked at so far.</param>
/// <param name="Changed">Of these: their price changes, or its change was taken back.</param>
/// <param name="Unchanged">Of these: nothing was to be done.</param>
/// <param name="Refused">How many were refused, by the code of the refusal.</param>
/// <param name="BeforeMinor">The sum of the present prices of those that change, each of a period.</param>
/// <param name="AfterMinor">The sum of their new prices.</param>
/// <param name="MonthlyBeforeMinor">As beforeMinor, for one month.</param>
/// <param name="MonthlyAfterMinor">As afterMinor, for one month.</param>
public sealed record PriceChangeCountsView(
    long Total, long Looked, long Changed, long Unchanged, IReadOnlyDictionary<string, long> Refused, long BeforeMinor,
    long AfterMinor, long MonthlyBeforeMinor, long MonthlyAfterMinor);

/// <param name="State">checking, checked, running, done, cancelling or cancelled.</param>
/// <param name="DryRun">What a run would do.</param>
/// <param name="Run">Null before it was run.</param>
/// <param name="Cancelling">Null before a run was cancelled.</param>
public sealed record PriceChangeView(
    Guid Id, string State, string Currency, long? FromAmountMinor, int? Every, string? Unit, int? MethodId,
    DateTimeOffset RequestedBefore, long? ToAmountMinor, decimal? Percent, DateOnly EffectiveOn,
    DateTimeOffset CreatedAt, PriceChangeCountsView DryRun, PriceChangeCountsView? Run,
    PriceChangeCountsView? Cancelling)
{
    public static PriceChangeView Of(PriceChange it) => new(
        it.Id, it.State.ToString().ToLowerInvariant(), it.Terms.Currency, it.Terms.FromMinor, it.Terms.Every,
        it.Terms.Unit?.ToWire(), it.MethodId, it.RequestedBefore, it.Terms.ToMinor, it.Terms.Percent,
        it.Terms.EffectiveOn, it.CreatedAt, Of(it.DryRun)!, Of(it.Run), Of(it.Cancelling));

    private static PriceChangeCountsView? Of(PriceChangeCounts? it) => it is null
        ? null
        : new(
            it.Total, it.Looked, it.Changed, it.Unchanged, it.Refused, it.BeforeMinor, it.AfterMinor,
            it.MonthlyBeforeMinor, it.MonthlyAfterMinor);
}

/// <param name="Next">Send it as <c>after</c> to get the next page; null on the last.</param>
public sealed record PriceChangePage(IReadOnlyList<PriceChangeView> PriceChanges, string? Next);

/// <param name="Code">snake_case.</param>
/// <param name="Reason">A sentence for people.</param>
public sealed record RefusedSubscriptionView(Guid SubscriptionId, string Code, string Reason);

/// <param name="Next">Send it as <c>after</c> to get the next page; null on the last.</param>
public sealed record RefusedSubscriptionPage(IReadOnlyList<RefusedSubscriptionView> Refused, string? Next);

/// <summary>The JSON of price changes: camelCase, nulls written, RFC 3339. A key that comes twice is refused.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(PriceChangeRequest))]
[JsonSerializable(typeof(PriceChangeView))]
[JsonSerializable(typeof(PriceChangePage))]
[JsonSerializable(typeof(RefusedSubscriptionPage))]
internal sealed partial class PriceChangeJsonContext : JsonSerializerContext;
