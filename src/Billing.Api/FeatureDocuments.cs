using Billing.Api.Attention;
using Billing.Api.GlobalPayApi;
using Billing.Api.Imports;
using Billing.Api.Mandates;
using Billing.Api.Notifications;
using Billing.Api.Operations;
using Billing.Api.PriceChanges;
using Billing.Api.Reconciliation;
using Billing.Api.Reports;
using Marten;

namespace Billing.Api;

/// <summary>Table of contents: the documents of each feature.</summary>
public static class FeatureDocuments
{
    public static void Configure(StoreOptions options)
    {
        MandateDocuments.Configure(options);
        GlobalPayDocuments.Configure(options);
        NotificationDocuments.Configure(options);
        ReconciliationDocuments.Configure(options);
        ReportServices.Configure(options);
        PriceChangeServices.Configure(options);
        ImportServices.Configure(options);
        OperationDocuments.Configure(options);
        AttentionDocuments.Configure(options);
    }
}
