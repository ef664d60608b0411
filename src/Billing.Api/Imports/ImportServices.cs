using Marten;

namespace Billing.Api.Imports;

public static class ImportServices
{
    public static void AddImports(this IServiceCollection services)
    {
        services.AddSingleton<ImportReceiver>();
        services.AddSingleton<ImportLog>();
        services.AddSingleton<ImportPages>();
        services.AddSingleton<ImportReads>();
        services.AddSingleton<ImportCommits>();
        services.AddSingleton<ImportWork>();
        services.AddSingleton<ImportDuty>();
        services.AddSingleton<ImportEndpoints>();
    }

    /// <summary>The tables.</summary>
    public static void Configure(StoreOptions options) => options.Storage.Add(new ImportTables(options));
}
