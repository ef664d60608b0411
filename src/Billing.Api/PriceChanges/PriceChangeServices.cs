using Marten;
using Marten.Schema.Indexing.Unique;

namespace Billing.Api.PriceChanges;

public static class PriceChangeServices
{
    /// <summary>The table of <see cref="PriceChange"/>.</summary>
    public const string Table = "mt_doc_pricechange";

    public static void AddPriceChanges(this IServiceCollection services)
    {
        services.AddSingleton<PriceChangeRows>();
        services.AddSingleton<PriceChangeCommands>();
        services.AddSingleton<PriceChangeDuty>();
        services.AddSingleton<PriceChangeEndpoints>();
    }

    public static void Configure(StoreOptions options)
    {
        options.Schema.For<PriceChange>().Duplicate(change => change.IsUnderWay, configure: index =>
            (index.Predicate, index.TenancyScope) = ("is_under_way = true", TenancyScope.PerTenant));
        options.Schema.For<PriceChangeRefusal>()
            .Duplicate(refusal => refusal.PriceChangeId)
            .Duplicate(refusal => refusal.SubscriptionId);
    }
}
