using Billing.Api.Hosting.Streams;
using Billing.Api.Operations.TransparencyLog;
using Marten;

namespace Billing.Api.Operations;

public static class OperationDocuments
{
    public static void Configure(StoreOptions options)
    {
        options.Storage.Add(new LogTables(options));

        // The audit reads the guards of a range of streams.
        options.Schema.For<MerchantPreapprovalIdGuard>().Index(guard => guard.PreapprovalId);
        options.Schema.For<GatewayPreapprovalIdGuard>().Index(guard => guard.PreapprovalId);
    }
}
