using Billing.Api.Hosting.Streams;
using Marten;

namespace Billing.Api.Operations;

public static class OperationDocuments
{
    public static void Configure(StoreOptions options)
    {
        FeedSubscription.Configure(options);

        // The audit reads the guards of a range of streams.
        options.Schema.For<MerchantPreapprovalIdGuard>().Index(guard => guard.PreapprovalId);
        options.Schema.For<GatewayPreapprovalIdGuard>().Index(guard => guard.PreapprovalId);
    }
}
