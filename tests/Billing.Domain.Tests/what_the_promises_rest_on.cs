using System.Text.RegularExpressions;
using Billing.Domain.Tests.Specs;

namespace Billing.Domain.Tests;

/// <summary>ARCHITECTURE.md's table of promises comes from the <c>[Keeps]</c> attributes of all tests.</summary>
public partial class what_the_promises_rest_on
{
    private const string Begin = "<!-- promises -->\n";
    private const string End = "<!-- /promises -->";

    private static readonly string[] Projects = ["Billing.Domain.Tests", "Billing.Gateway.Tests", "Billing.Api.Tests"];

    [Fact]
    public void the_table_is_generated_from_the_attributes()
    {
        var path = Path.Combine(Repository.Root, "ARCHITECTURE.md");
        var page = File.ReadAllText(path);
        var before = page[..(page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)];
        var written = before + Table() + page[page.IndexOf(End, StringComparison.Ordinal)..];

        if (Environment.GetEnvironmentVariable("BILLING_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, written);
        }

        Assert.True(
            written == File.ReadAllText(path),
            "ARCHITECTURE.md differs from the [Keeps] attributes; BILLING_WRITE_DOCS=1 with this test writes it.");
    }

    [Fact]
    public void every_promise_is_kept_by_tests_that_run()
    {
        var kept = Kept().ToList();

        Assert.Equal(Enum.GetValues<Promise>(), kept.Select(it => it.Promise).Distinct().Order());
        Assert.All(kept, it => Assert.Matches(@"\[(Fact|Theory|NeedsChromium)\b", it.Source));

        // This assembly's own, as the compiler sees them.
        Assert.Equal(
            typeof(what_the_promises_rest_on).Assembly.GetTypes()
                .Where(type => type.IsDefined(typeof(KeepsAttribute), inherit: false))
                .Select(type => type.Name).Order(),
            kept.Where(it => it.Project == Projects[0]).Select(it => it.Name).Distinct().Order());
    }

    private static string Table() =>
        "| promise | tests |\n|---|---|\n" + string.Concat(Enum.GetValues<Promise>().Select(promise =>
            $"| {(int)promise + 1} | {Cells(promise)} |\n"));

    private static string Cells(Promise promise) =>
        string.Join("<br>", Projects.Select(project => Cell(project, promise)).Where(cell => cell.Length > 0));

    private static string Cell(string project, Promise promise)
    {
        var names = Kept().Where(it => it.Project == project && it.Promise == promise)
            .Select(it => $"`{it.Folder}{it.Name}`").Order(StringComparer.Ordinal).ToList();

        return names is [] ? "" : $"{project.Split('.')[1]}: {string.Join(", ", names)}";
    }

    private static IEnumerable<(string Project, string Folder, string Name, Promise Promise, string Source)> Kept() =>
        from project in Projects
        let root = Path.Combine(Repository.Root, "tests", project)
        from path in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
        let folder = Path.GetRelativePath(root, Path.GetDirectoryName(path)!)
        where folder.Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj")
        let source = File.ReadAllText(path)
        from keeps in KeepsPattern().Matches(source)
        from promise in PromisePattern().Matches(keeps.Groups[1].Value)
        select (project, folder == "." ? "" : folder.Replace('\\', '/') + "/", keeps.Groups[2].Value,
            Enum.Parse<Promise>(promise.Groups[1].Value), source);

    [GeneratedRegex(
        @"^\[Keeps\(([^)]+)\)\]\n(?:\[.*\]\n)*public (?:sealed |partial )*class (\w+)", RegexOptions.Multiline)]
    private static partial Regex KeepsPattern();

    [GeneratedRegex(@"Promise\.(\w+)")]
    private static partial Regex PromisePattern();
}
