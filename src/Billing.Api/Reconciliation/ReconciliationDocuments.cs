using Marten;
using Marten.Schema.Indexing.Unique;

namespace Billing.Api.Reconciliation;

public static class ReconciliationDocuments
{
    public static void Configure(StoreOptions options)
    {
        options.Schema.For<ReconciliationRun>().Metadata(metadata => metadata.TenantId.MapTo(run => run.Site));
        options.Schema.For<ReconciliationStray>().Duplicate(stray => stray.OpenSince!, configure: index =>
            (index.Predicate, index.TenancyScope) = ("open_since is not null", TenancyScope.PerTenant));
        options.Storage.Add(new SeenPaymentTable(options));
    }
}
