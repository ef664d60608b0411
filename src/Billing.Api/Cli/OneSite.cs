using Billing.Api.Sites;

namespace Billing.Api.Cli;

internal static class OneSite
{
    /// <summary>The named site, or the only one there is.</summary>
    /// <exception cref="SettingException">There are several and none was named, or it is not configured.</exception>
    public static string Of(IServiceProvider services, string? named)
    {
        var sites = services.GetRequiredService<SiteRegister>();

        return named switch
        {
            null when sites.Ids.Count == 1 => sites.Ids.Single(),
            null => throw new SettingException("--site", $"is needed: there are {sites.Ids.Count} sites."),
            _ when sites.Find(named) is not null => named,
            _ => throw new SettingException("--site", $"names {named}, which is not configured."),
        };
    }
}
