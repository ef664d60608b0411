using System.Text.RegularExpressions;
using Billing.Domain.Tests.Specs;

namespace Billing.Domain.Tests;

/// <summary>What holds for every Markdown file: its links, its size and its words.</summary>
public partial class the_documents
{
    private const int MostWordsOfReadme = 900;
    private const int MostWordsOfADecision = 320;
    private const int MostWordsOfASupersededDecision = 80;

    private static readonly Dictionary<string, string> Pages = Directory
        .EnumerateFiles(Repository.Root, "*.md", new EnumerationOptions { RecurseSubdirectories = true })
        .Where(path => !Path.GetRelativePath(Repository.Root, path).Split(Path.DirectorySeparatorChar)
            .Any(part => part is "bin" or "obj" or "node_modules" || part.StartsWith('.')))
        .ToDictionary(path => Path.GetRelativePath(Repository.Root, path), File.ReadAllText);

    public static TheoryData<string> Names => [.. Pages.Keys.Order(StringComparer.Ordinal)];

    public static TheoryData<string> Decisions =>
        [.. Pages.Keys.Where(name => Path.GetDirectoryName(name) == Path.Combine("docs", "decisions")).Order()];

    [Theory]
    [MemberData(nameof(Names))]
    public void every_link_leads_to_a_file_and_to_its_heading(string name)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, name))!;
        var links = LinkPattern().Matches(CodePattern().Replace(Pages[name], "")).Select(link => link.Groups[1].Value)
            .Where(link => !link.Contains("://", StringComparison.Ordinal));

        Assert.All(links, link =>
        {
            var parts = link.Split('#');
            var target = parts[0].Length == 0
                ? Path.Combine(Repository.Root, name)
                : Path.GetFullPath(Path.Combine(folder, parts[0]));
            Assert.True(File.Exists(target) || Directory.Exists(target), $"{name}: {link} leads nowhere.");

            if (parts.Length > 1)
            {
                Assert.Contains(parts[1], Headings(File.ReadAllText(target)));
            }
        });
    }

    [Theory]
    [InlineData("whoever")]
    [InlineData("nobody")]
    [InlineData("the books")]
    [InlineData("of_nobody")]
    [InlineData("let_go")]
    public void plain_words_are_used(string avoided) => Assert.All(Pages, page => Assert.DoesNotContain(
        avoided, CodePattern().Replace(page.Value, ""), StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void the_readme_fits_on_one_screen() => Assert.InRange(Words(Pages["README.md"]), 300, MostWordsOfReadme);

    // A merge of two branches can keep both wordings of one entry; they begin alike.
    [Fact]
    public void the_changelog_says_everything_once()
    {
        var entries = EntryPattern().Matches(Pages["CHANGELOG.md"]).Select(entry => entry.Value).ToList();

        Assert.InRange(entries.Count, 20, 500);
        Assert.Equal(entries.Distinct(), entries);
    }

    [Theory]
    [MemberData(nameof(Decisions))]
    public void a_decision_is_dated_and_short_and_says_what_replaces_it(string name)
    {
        var page = Pages[name];
        var number = Path.GetFileName(name)[..4];
        var head = DecisionPattern().Match(page);

        Assert.True(head.Success && head.Groups[1].Value == number, $"{name} does not begin as a decision does.");

        if (head.Groups[2].Value == "accepted")
        {
            Assert.Matches(@"\n\*\*Context\.\*\* [^\0]+\n\*\*Decision\.\*\* [^\0]+\n\*\*Consequences\.\*\* ", page);
            Assert.InRange(Words(page), 1, MostWordsOfADecision);
        }
        else
        {
            Assert.InRange(Words(page), 1, MostWordsOfASupersededDecision);
        }
    }

    [Fact]
    public void no_file_cites_a_document_that_is_not_here()
    {
        var folders = new[] { "src", "tests", "bench", "deploy", "docs" };
        var elsewhere = new Regex(@"\b(DESIGN|STYLE|GLOBAL" + @"PAY|MARTEN-WOLVERINE)\.md\b");
        var files = folders.Select(folder => Path.Combine(Repository.Root, folder))
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            .Where(path => Path.GetExtension(path) is ".cs" or ".md" or ".sh" or ".csproj" or ".json")
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "Internal"))
            .Where(path => Path.GetFileName(path) != $"{nameof(the_documents)}.cs");

        Assert.DoesNotContain(files, path => elsewhere.IsMatch(File.ReadAllText(path)));
    }

    // As GitHub makes them: small letters, without punctuation, spaces as hyphens.
    private static IEnumerable<string> Headings(string page) => HeadingPattern().Matches(page).Select(heading =>
        Regex.Replace(heading.Groups[1].Value.ToLowerInvariant(), @"[^\w\- ]", "").Replace(' ', '-'));

    private static int Words(string page) => page.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex LinkPattern();

    [GeneratedRegex(@"^```.*?^```|`[^`\n]+`", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodePattern();

    // The first five words of an entry.
    [GeneratedRegex(@"^- (?:\W*\w+){5}", RegexOptions.Multiline)]
    private static partial Regex EntryPattern();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex HeadingPattern();

    [GeneratedRegex(
        @"\A# (\d{4}) \S.*\n\n\*\*Date:\*\* \d{4}-\d\d-\d\d\. "
        + @"\*\*Status:\*\* (accepted|superseded by \[\d{4}\]\([^)]+\))(?:; .+)?\.\n\n")]
    private static partial Regex DecisionPattern();
}
