namespace Billing.Bench.Seeding;

/// <summary>The site that every row uses, and its keys.</summary>
internal static class BenchSite
{
    public const string Id = "30201";
    public const int Number = 30201;
    public const string StorefrontKey = "storefront-key-30201";
    public const string GatewayKey = "gateway-key-30201";
}
