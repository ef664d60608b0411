using System.Text.RegularExpressions;
using Billing.Domain.Tests.Specs;

namespace Billing.Domain.Tests;

/// <summary>A reader finds a type by its name and its folder, and reads a folder without those above it.</summary>
public partial class the_folders_of_the_sources
{
    private static readonly string Sources = Path.Combine(Repository.Root, "src");

    public static TheoryData<string> Projects =>
        [.. Directory.GetDirectories(Sources).Select(path => Path.GetFileName(path)!)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void are_the_namespaces(string project) => Assert.Empty(
        from file in FilesOf(Path.Combine(Sources, project))
        from declared in Namespaces().Matches(file.Text)
        where declared.Groups[1].Value != NamespaceOf(Path.GetDirectoryName(file.Path)!)
        select $"{Path.GetRelativePath(Sources, file.Path)} declares {declared.Groups[1].Value}");

    [Theory]
    [MemberData(nameof(Projects))]
    public void hold_no_type_name_twice_in_a_project(string project) => Assert.Empty(
        from file in FilesOf(Path.Combine(Sources, project))
        from type in Types().Matches(file.Text)
        where !type.Groups["modifiers"].Value.Contains("partial")
        group file.Path by type.Groups["name"].Value
        into files
        where files.Count() > 1
        select $"{files.Key} is in {string.Join(" and ", files.Select(path => Path.GetRelativePath(Sources, path)))}");

    [Theory]
    [InlineData("Billing.Api")]
    [InlineData("Billing.Api/Hosting")]
    [InlineData("Billing.Api/Operations")]
    [InlineData("Billing.Audit")]
    [InlineData("Billing.Demo")]
    [InlineData("Billing.Domain")]
    [InlineData("Billing.Gateway")]
    [InlineData("Billing.Sandbox")]
    public void reference_each_other_in_no_cycle(string parent)
    {
        var references = ReferencesWithin(Path.Combine([Sources, .. parent.Split('/')]));

        // Folders that reference none of those left are taken away; what stays is in a cycle, or above one.
        while (references.FirstOrDefault(one => !one.Value.Any(references.ContainsKey)).Key is { } lowest)
        {
            references.Remove(lowest);
        }

        Assert.Empty(references.Select(one => $"{one.Key} references {string.Join(", ", one.Value)}"));
    }

    [Fact]
    public void are_seen_to_reference_each_other() =>
        Assert.Contains("Gateway", ReferencesWithin(Path.Combine(Sources, "Billing.Domain"))["Preapprovals"]);

    // Of each folder directly below, the others that its files name.
    private static Dictionary<string, HashSet<string>> ReferencesWithin(string folder)
    {
        var reference = new Regex($@"\b{Regex.Escape(NamespaceOf(folder))}\.(\w+)");

        return (
            from file in FilesOf(folder)
            let path = Path.GetRelativePath(folder, file.Path).Split(Path.DirectorySeparatorChar)
            where path.Length > 1
            group reference.Matches(file.Text).Select(it => it.Groups[1].Value) by path[0])
            .ToDictionary(of => of.Key, of => of.SelectMany(names => names).Where(name => name != of.Key).ToHashSet());
    }

    private static string NamespaceOf(string folder) =>
        Path.GetRelativePath(Sources, folder).Replace(Path.DirectorySeparatorChar, '.');

    private static IEnumerable<(string Path, string Text)> FilesOf(string folder) =>
        Repository.CSharpFilesOf(folder).Select(path => (path, File.ReadAllText(path)));

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespaces();

    // Nested types are indented.
    [GeneratedRegex(
        @"^(?<modifiers>(?:(?:public|internal|sealed|static|abstract|readonly|partial) )*)"
        + @"(?:class|record struct|record|struct|interface|enum) (?<name>\w+<?)", RegexOptions.Multiline)]
    private static partial Regex Types();
}
