using Marten;

namespace Billing.Api.Reports;

public static class ReportServices
{
    public static void AddReports(this IServiceCollection services)
    {
        services.AddSingleton<ReportWriter>();
        services.AddSingleton<ReportReader>();
        services.AddSingleton<ReportEndpoints>();
    }

    /// <summary>The tables.</summary>
    public static void Configure(StoreOptions options) => options.Storage.Add(new ReportTables(options));
}
