using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Operating;

/// <summary>What operators and developers of storefronts read; not what was decided or changed in the past.</summary>
internal static class Documents
{
    public static readonly (string Name, string Text)[] All =
    [
        .. Directory.EnumerateFiles(LocalMachine.Root, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(LocalMachine.Root, "docs"), "*.md"))
            .Where(path => Path.GetFileName(path) != "CHANGELOG.md")
            .Select(path => (Path.GetRelativePath(LocalMachine.Root, path), File.ReadAllText(path))),
    ];
}
