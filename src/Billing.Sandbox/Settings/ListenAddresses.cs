using System.Net;

namespace Billing.Sandbox.Settings;

/// <summary>Keeps the simulator, whose tools need no password, on loopback by default.</summary>
internal static class ListenAddresses
{
    /// <summary>
    /// The addresses to listen on. Throws on one that is not loopback unless <c>Sandbox__AllowRemote</c> is true.
    /// </summary>
    public static string[] Checked(IConfiguration configuration)
    {
        var given = configuration["urls"] is { Length: > 0 } urls ? urls : SandboxSettings.DefaultUrls;
        var addresses = given.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(e => e["Url"] ?? "");
        if (!MayBeRemote(configuration)
            && addresses.Concat(endpoints).FirstOrDefault(a => !IsLoopback(a)) is { } remote)
        {
            throw new SandboxSettingException($"The sandbox listens on loopback only, and {remote} is not. Set "
                + "Sandbox__AllowRemote=true where that is meant, inside a container for example.");
        }

        if (addresses.Any(IsHttps) && !configuration.GetSection("Kestrel:Certificates:Default").GetChildren().Any())
        {
            throw new SandboxSettingException(
                "--urls: https needs a certificate, and Kestrel__Certificates__Default__Path names none. "
                + "Listen on http instead.");
        }

        return addresses;
    }

    public static bool MayBeRemote(IConfiguration configuration) =>
        string.Equals(configuration["Sandbox:AllowRemote"], "true", StringComparison.OrdinalIgnoreCase);

    public static bool IsLoopbackName(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var ip) && IPAddress.IsLoopback(ip));

    private static bool IsHttps(string address) => address.StartsWith("https:", StringComparison.OrdinalIgnoreCase);

    private static bool IsLoopback(string address)
    {
        try
        {
            var parsed = BindingAddress.Parse(address);

            return parsed.Port <= IPEndPoint.MaxPort
                ? IsLoopbackName(parsed.Host.Trim('[', ']'))
                : throw Invalid(address);
        }
        catch (FormatException)
        {
            throw Invalid(address);
        }
    }

    private static SandboxSettingException Invalid(string address) =>
        new($"--urls: {address} is not an address to listen on.");
}
