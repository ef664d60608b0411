using Billing.Api.Hosting;
using Marten;

namespace Billing.Api.GlobalPayApi;

/// <summary>A storefront's RequestId: the same id and request get the same answer.</summary>
public sealed class IdempotentRequest
{
    /// <summary>The RequestId.</summary>
    public string Id { get; set; } = "";

    /// <summary>SHA-256 of method, path and body.</summary>
    public byte[] Fingerprint { get; set; } = [];

    public Guid PreapprovalId { get; set; }

    /// <summary>The version of the stream before the request's own events.</summary>
    public long FromVersion { get; set; }

    public string? MerchantTransactionId { get; set; }
}

public static class GlobalPayDocuments
{
    public static void Configure(StoreOptions options) =>
        options.Schema.For<IdempotentRequest>().Duplicate(request => request.PreapprovalId);
}

public static class GlobalPayServices
{
    public static void AddGlobalPayApi(this IServiceCollection services)
    {
        services.AddSingleton<StreamRequests>();
        services.AddSingleton<PreapprovalRows>();
        services.AddSingleton<PreapprovalEndpoints>();
        services.AddSingleton<PaymentEndpoints>();
        services.AddSingleton<RefundEndpoints>();
        services.AddSingleton<ForgetHook>((session, preapproval, _) =>
        {
            session.DeleteWhere<IdempotentRequest>(request => request.PreapprovalId == preapproval);

            return Task.CompletedTask;
        });
    }
}
