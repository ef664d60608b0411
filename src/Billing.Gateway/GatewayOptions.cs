using System.Globalization;
using Billing.Gateway.Translation;
using Microsoft.Extensions.Configuration;

namespace Billing.Gateway;

/// <summary>The settings under <c>Gateway</c>.</summary>
/// <param name="BaseAddress">http or https, with or without a path; /v1 is appended.</param>
/// <param name="Timeout">Of one call, retries of a read included.</param>
/// <param name="ConnectTimeout">Of opening one connection, within <paramref name="Timeout"/>.</param>
/// <param name="MaxConnections">At once.</param>
/// <param name="SendRequestId">
/// Sends a charge's MerchantTransactionID as RequestId too. Off: what that header does outside cards is stated nowhere
/// (docs/globalpay.md).
/// </param>
/// <param name="BreakerFailures">So many failed calls of a site in a row open its breaker.</param>
/// <param name="BreakerRest">
/// How long it stays open at first; twice as long after each probe that fails, up to a minute.
/// </param>
/// <param name="RetryAfterMost">The longest Retry-After that is obeyed.</param>
/// <param name="Money">Two implied decimals for all but the currencies under <c>Gateway:Exponent</c>.</param>
public sealed record GatewayOptions(
    Uri BaseAddress, TimeSpan Timeout, TimeSpan ConnectTimeout, int MaxConnections, bool SendRequestId,
    int BreakerFailures, TimeSpan BreakerRest, TimeSpan RetryAfterMost, WireMoney Money)
{
    /// <exception cref="InvalidOperationException">A sentence that names the setting.</exception>
    public static GatewayOptions Read(IConfiguration configuration)
    {
        var gateway = configuration.GetSection("Gateway");

        return new GatewayOptions(
            AddressOf(gateway["BaseAddress"]),
            SecondsOf(gateway, "TimeoutSeconds", 10),
            SecondsOf(gateway, "ConnectTimeoutSeconds", 5),
            NumberOf(gateway, "MaxConnections", 256, least: 1, most: 65_535),
            SwitchOf(gateway, "SendRequestId"),
            NumberOf(gateway, "BreakerFailures", 10, least: 1, most: 1_000_000),
            SecondsOf(gateway, "BreakerSeconds", 5),
            SecondsOf(gateway, "RetryAfterMostSeconds", 300),
            MoneyOf(gateway.GetSection("Exponent")));
    }

    private static Uri AddressOf(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp)
        && address.UserInfo.Length == 0 && address.Query.Length == 0 && address.Fragment.Length == 0
            ? new Uri(address.AbsoluteUri.TrimEnd('/') + "/")
            : throw new InvalidOperationException(
                "Gateway:BaseAddress must be an http or https address without credentials or query, for example "
                + "https://paytest.smart2pay.com.");

    private static TimeSpan SecondsOf(IConfigurationSection gateway, string name, int otherwise) =>
        TimeSpan.FromSeconds(NumberOf(gateway, name, otherwise, least: 1, most: 3_600));

    private static int NumberOf(IConfigurationSection gateway, string name, int otherwise, int least, int most)
    {
        if (gateway[name] is not { } text)
        {
            return otherwise;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most
            ? number
            : throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture, $"{gateway.Path}:{name} must be a whole number from {least} to {most}."));
    }

    private static bool SwitchOf(IConfiguration gateway, string name) => gateway[name] switch
    {
        null => false,
        var text when bool.TryParse(text, out var on) => on,
        _ => throw new InvalidOperationException($"Gateway:{name} must be true or false."),
    };

    private static WireMoney MoneyOf(IConfigurationSection exponents)
    {
        foreach (var each in exponents.GetChildren().Where(each => Iso4217.ExponentOf(each.Key) is null))
        {
            throw new InvalidOperationException(
                $"Gateway:Exponent:{each.Key} must name a currency of ISO 4217 in capitals.");
        }

        return new WireMoney(exponents.GetChildren().ToDictionary(
            each => each.Key, each => NumberOf(exponents, each.Key, otherwise: 2, least: 0, most: 4),
            StringComparer.Ordinal));
    }
}
