using System.Text.RegularExpressions;
using System.Xml.Linq;
using Billing.Domain.Preapprovals;
using Billing.Domain.Tests.Specs;

namespace Billing.Domain.Tests;

// A project may see what lies below it and nothing else. A new project has to be entered here.
[Keeps(Promise.ReplayHasNoSideEffects)]
public class the_arrows_point_down
{
    private static readonly Dictionary<string, string[]> MayReference = new()
    {
        ["Billing.Api"] = ["Billing.Audit", "Billing.Domain", "Billing.Gateway"],
        ["Billing.Gateway"] = ["Billing.Domain"],
        ["Billing.Audit"] = [],
        ["Billing.Domain"] = [],
        ["Billing.Sandbox"] = [],
        ["Billing.Demo"] = [],
    };

    private static readonly string[] Sources = Directory.GetDirectories(Path.Combine(Repository.Root, "src"));

    public static TheoryData<string> Projects => [.. Sources.Select(folder => Path.GetFileName(folder)!)];

    [Fact]
    public void every_project_has_its_place() =>
        Assert.Equal(MayReference.Keys.Order(), Sources.Select(folder => Path.GetFileName(folder)).Order());

    [Theory]
    [MemberData(nameof(Projects))]
    public void a_project_references_only_what_lies_below_it(string project)
    {
        var referenced = Items(project, "ProjectReference").Concat(Items(project, "Reference"))
            .Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')));

        Assert.Empty(referenced.Except(MayReference[project]));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void no_package_brings_one_of_ours_in_by_the_back_door(string project) =>
        Assert.DoesNotContain(Items(project, "PackageReference"), package => package.StartsWith("Billing."));

    [Theory]
    [MemberData(nameof(Projects))]
    public void no_source_file_names_what_its_project_may_not_see(string project)
    {
        var allowed = MayReference[project].Append(project).ToHashSet();
        var files = Repository.CSharpFilesOf(Path.Combine(Repository.Root, "src", project));

        Assert.All(files, file => Assert.All(
            Regex.Matches(
                File.ReadAllText(file),
                @"^\s*(?:global\s+)?(?:using|namespace)\s+(?:static\s+|\w+\s*=\s*)?(Billing\.\w+)",
                RegexOptions.Multiline),
            match => Assert.Contains(match.Groups[1].Value, allowed)));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void only_its_own_tests_see_the_inside_of_a_project(string project) =>
        Assert.Empty(Items(project, "InternalsVisibleTo").Except([project + ".Tests"]));

    [Theory]
    [InlineData("Directory.Build.props")]
    [InlineData("Directory.Build.targets")]
    [InlineData("Directory.Packages.props")]
    public void nothing_is_referenced_behind_a_projects_back(string file)
    {
        var path = Path.Combine(Repository.Root, file);

        // Analyzers come from there for all, and stay out of what is built.
        var added = File.Exists(path)
            ? XDocument.Load(path).Descendants()
                .Where(e => e.Name.LocalName is "ProjectReference" or "Reference" or "PackageReference")
            : [];

        Assert.All(
            added.Where(e => !e.Ancestors().Any(IsForTests)),
            e => Assert.Equal("all", (string?)e.Attribute("PrivateAssets")));
    }

    [Fact]
    public void the_domain_needs_nothing_but_its_calendar()
    {
        Assert.Equal(["NodaTime"], Items("Billing.Domain", "PackageReference"));
        Assert.Empty(Items("Billing.Domain", "FrameworkReference"));
        Assert.DoesNotContain(
            typeof(Preapproval).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name!),
            name => !name.StartsWith("System.") && name is not ("NodaTime" or "netstandard"));
    }

    private static bool IsForTests(XElement group) => (string?)group.Attribute("Condition") is "$(IsTestProject)";

    private static string[] Items(string project, string kind) =>
        [.. XDocument.Load(Path.Combine(Repository.Root, "src", project, project + ".csproj")).Descendants()
            .Where(item => item.Name.LocalName == kind)
            .Select(item => (string?)item.Attribute("Include") ?? "")];
}
