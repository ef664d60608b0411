using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Operating;

/// <summary>What operators and developers of storefronts read; not what was decided or changed in the past.</summary>
internal static class Documents
{
    public static readonly (string Name, string Text)[] All =
    [
        .. Directory.EnumerateFiles(House.Root, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(House.Root, "docs"), "*.md"))
            .Where(path => Path.GetFileName(path) != "CHANGELOG.md")
            .Select(path => (Path.GetRelativePath(House.Root, path), File.ReadAllText(path))),
    ];
}
