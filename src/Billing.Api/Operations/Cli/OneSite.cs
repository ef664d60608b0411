using Billing.Api.Hosting;
using Billing.Api.Hosting.Sites;

namespace Billing.Api.Operations.Cli;

internal static class OneSite
{
    /// <summary>The named site, or the only one there is.</summary>
    /// <exception cref="SettingException">There are several and none was named, or it is not configured.</exception>
    public static string Of(IHost host, string? named)
    {
        var sites = host.Services.GetRequiredService<SiteRegister>();

        return named switch
        {
            null when sites.Ids.Count == 1 => sites.Ids.Single(),
            null => throw new SettingException("--site", $"is needed: there are {sites.Ids.Count} sites."),
            _ when sites.Find(named) is not null => named,
            _ => throw new SettingException("--site", $"names {named}, which is not configured."),
        };
    }

    public static System.CommandLine.Option<string?> Option() =>
        new("--site") { Description = "SiteID; may be left out where only one is configured." };
}
