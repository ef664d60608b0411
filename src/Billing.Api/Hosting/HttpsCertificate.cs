using System.Security.Cryptography;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Billing.Api.Hosting;

/// <summary>Stops the start when it is to listen on https and has no certificate that can be used for it.</summary>
/// <remarks>The server itself would say so after everything else has started, with a trace.</remarks>
internal static class HttpsCertificate
{
    private const string Default = "Kestrel:Certificates:Default";

    /// <exception cref="SettingException">The certificate is not configured, or cannot be read.</exception>
    public static void Check(IServiceProvider services, IConfiguration configuration)
    {
        var addresses = configuration["urls"] ?? "";

        if (!addresses.Contains("https://", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        if (!configuration.GetSection(Default).GetChildren().Any(it => it is { Key: "Path" or "Subject", Value: { } }))
        {
            throw new SettingException(
                "Kestrel__Certificates__Default__Path",
                "is missing: https needs a certificate. Name its file, or listen on http behind a proxy with TLS.");
        }

        try
        {
            services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.ConfigurationLoader?.Load();
        }
        catch (Exception e) when (
            e is IOException or UnauthorizedAccessException or CryptographicException or InvalidOperationException)
        {
            throw new SettingException("Kestrel__Certificates__Default", $"cannot be used: {e.Message}");
        }
    }
}
