using Marten;

namespace Billing.Api.Reconciliation;

public static class ReconciliationDocuments
{
    public static void Configure(StoreOptions options)
    {
        options.Schema.For<ReconciliationRun>().Metadata(metadata => metadata.TenantId.MapTo(run => run.Site));
        options.Schema.For<ReconciliationStray>();
        options.Storage.Add(new SeenPaymentTable(options));
    }
}
