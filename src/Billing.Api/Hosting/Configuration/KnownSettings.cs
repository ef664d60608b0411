namespace Billing.Api.Hosting.Configuration;

/// <summary>
/// Refuses settings that do not exist: one that is misspelt would be ignored, and the default would hold unseen.
/// Refuses values that cannot be bound, too: the binder would name a class and no range, and ignore items of lists.
/// </summary>
internal sealed class KnownSettings(IReadOnlyList<Setting> known, IReadOnlyCollection<string> shared)
{
    private readonly string[] sections = [.. known.Select(it => it.Path[0]).Distinct(StringComparer.Ordinal)];

    public IReadOnlyList<Setting> All => known;

    /// <summary>Checks everything under our sections, and under names that are nearly theirs.</summary>
    /// <exception cref="SettingException">Names the first unknown setting, and the nearest that exists.</exception>
    public void CheckNames(IConfiguration configuration)
    {
        foreach (var (given, _) in Given(configuration).Where(it => IsWrong(it.Path)))
        {
            throw new SettingException(NameOf(given), $"does not exist; did you mean {Nearest(given)}?");
        }
    }

    /// <exception cref="SettingException">Names the first setting whose value is wrong, and its range.</exception>
    public void CheckValues(IConfiguration configuration)
    {
        foreach (var (given, text) in Given(configuration))
        {
            if (known.FirstOrDefault(it => Fits(given, it.Path)) is { } setting && setting.ProblemOf(text) is { } wrong)
            {
                var name = NameOf(Filled(setting.Path, given));

                throw new SettingException(setting.IsOfNumbers ? string.Join("__", setting.Path[..2]) : name, wrong);
            }
        }
    }

    private static IEnumerable<(string[] Path, string Text)> Given(IConfiguration configuration) =>
        from it in configuration.AsEnumerable()
        where it.Value is not null && it.Key.Contains(':', StringComparison.Ordinal)
        orderby it.Key
        select (it.Key.Split(':'), it.Value);

    private bool IsWrong(string[] given) =>
        SectionOf(given[0]) is { } section
        && !known.Any(it => Fits(given, it.Path))
        && (!shared.Contains(section) || known.Any(it => it.Path[0] == section && IsNearly(given[1], it.Path[1])));

    private string? SectionOf(string given) =>
        sections.FirstOrDefault(section => Same(section, given))
        ?? sections.FirstOrDefault(section => IsNearly(given, section));

    private static bool Fits(string[] given, string[] name) =>
        given.Length == name.Length
        && given.Zip(name).All(part => part.Second == Setting.Any || Same(part.First, part.Second));

    private string Nearest(string[] given)
    {
        var section = SectionOf(given[0]);

        return KnownKeys.Nearest(
            NameOf(given), known.Where(it => it.Path[0] == section).Select(it => NameOf(Filled(it.Path, given))));
    }

    // What may be anything is as it was given: Sites__30201__ApiKy was to be Sites__30201__ApiKey.
    private static IEnumerable<string> Filled(string[] name, string[] given) =>
        name.Select((part, i) => part != Setting.Any ? part : i < given.Length ? given[i] : "0");

    private static bool IsNearly(string given, string name) =>
        KnownKeys.Distance(given, name) <= Math.Max(1, name.Length / 4);

    private static bool Same(string left, string right) =>
        string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private static string NameOf(IEnumerable<string> parts) => string.Join("__", parts);
}
