namespace Billing.Sandbox.Settings;

/// <summary>
/// Refuses settings under <c>Sandbox</c> that do not exist: one that is misspelt would be ignored, and the default
/// would hold unseen.
/// </summary>
internal static class KnownSettings
{
    // Enabled is the service's: both programs may be given the same environment.
    private static readonly string[] Names =
    [
        "AutoApprove", "Dedupe", "NotifyOnDelete", "StrictMethods", "MagicAmounts", "SepaDays", "StatePath",
        "ClockStart", "PublicAddress", "AllowRemote", "Enabled",
    ];

    private static readonly string[] NamesOfSites = ["ApiKey", "NotificationUrl"];

    /// <exception cref="SandboxSettingException">
    /// Names the first unknown setting, and the nearest that exists.
    /// </exception>
    public static void Check(IConfigurationSection sandbox)
    {
        foreach (var setting in sandbox.GetChildren().Where(setting => !IsSites(setting.Key)))
        {
            Check(setting, "Sandbox", Names);
        }

        foreach (var site in sandbox.GetSection("Sites").GetChildren())
        {
            foreach (var setting in site.GetChildren())
            {
                Check(setting, $"Sandbox__Sites__{site.Key}", NamesOfSites);
            }
        }
    }

    private static bool IsSites(string name) => string.Equals(name, "Sites", StringComparison.OrdinalIgnoreCase);

    private static void Check(IConfigurationSection setting, string place, string[] known)
    {
        if (!known.Contains(setting.Key, StringComparer.OrdinalIgnoreCase))
        {
            throw new SandboxSettingException(
                $"Setting {place}__{setting.Key} does not exist; "
                + $"did you mean {place}__{known.MinBy(name => Distance(setting.Key, name))}?");
        }
    }

    // Levenshtein: how many characters are added, left out or replaced. Capitals are the same as small letters.
    private static int Distance(string left, string right)
    {
        (left, right) = (left.ToUpperInvariant(), right.ToUpperInvariant());
        var row = Enumerable.Range(0, right.Length + 1).ToArray();

        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;

            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
