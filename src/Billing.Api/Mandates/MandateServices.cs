using Billing.Api.Hosting.Outbound;
using Marten;

namespace Billing.Api.Mandates;

public static class MandateServices
{
    public static void AddMandates(this IServiceCollection services)
    {
        services.AddSingleton<CustomerIndex>();
        services.AddSingleton<MandateCalls>();
        services.AddSingleton<IOutboundOperation>(it => it.GetRequiredService<MandateCalls>());
        services.AddSingleton<Abandonments>();
        services.AddSingleton<Recovery>();
        services.AddSingleton<ForgetCustomer>();
    }
}

public static class MandateDocuments
{
    public static void Configure(StoreOptions options) =>
        options.Schema.For<CustomerEmail>().Duplicate(entry => entry.Hash).Duplicate(entry => entry.PreapprovalId);
}
