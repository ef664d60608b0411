using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Billing.Sandbox.Tests;

/// <summary>Each fact of docs/globalpay-facts.md names the tests that hold it, and they exist.</summary>
public partial class globalpay_facts
{
    internal static readonly string Root = RepositoryRoot();
    private static readonly string Page = Path.Combine(Root, "docs", "globalpay-facts.md");
    private static readonly Fact[] Facts = [.. File.ReadLines(Page)
        .Select(line => RowPattern().Match(line))
        .Where(row => row.Success)
        .Select(row => new Fact(row.Groups[1].Value, row.Groups[3].Value, row.Groups[4].Value))];
    private static readonly Dictionary<string, string> Sources =
        Directory.EnumerateFiles(Path.Combine(Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"))
            .ToDictionary(path => path, File.ReadAllText);

    public static TheoryData<string> Numbers => [.. Facts.Select(fact => fact.Number)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void a_fact_is_held_by_tests_that_exist(string number)
    {
        var fact = Facts.Single(f => f.Number == number);
        var named = Named(fact.Sandbox);

        Assert.True(
            named.Length > 0 || fact.Sandbox.StartsWith("out of scope: ", StringComparison.Ordinal),
            $"{number} names no test, and no reason why not.");
        Assert.All(named, test => Assert.True(IsHere(test), $"{number}: there is no {test} here."));
        Assert.All(Named(fact.Api), test => Assert.True(IsInSource(test), $"{number}: there is no {test}."));
        Assert.True(
            Named(fact.Api).Length > 0
            || fact.Api.Trim() == "–" || fact.Api.StartsWith("not ours: ", StringComparison.Ordinal),
            $"{number}: the cell of our API names no test, gives no reason and is not empty.");
    }

    [Fact]
    public void facts_are_numbered_by_section_without_gaps()
    {
        var numbers = Facts
            .Select(f => f.Number.Split('.').Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray())
            .ToArray();

        Assert.Equal(
            File.ReadLines(Page).Count(line => line.StartsWith("| ", StringComparison.Ordinal)
                && line.Length > 2 && char.IsAsciiDigit(line[2])),
            Facts.Length);
        Assert.Equal(Enumerable.Range(1, 13), numbers.Select(n => n[0]).Distinct());
        Assert.All(
            numbers.GroupBy(n => n[0]),
            section => Assert.Equal(Enumerable.Range(1, section.Count()), section.Select(n => n[1])));
    }

    [Fact]
    public void a_name_that_no_test_has_is_noticed()
    {
        Assert.True(IsHere($"{nameof(when_refunding)}.{nameof(when_refunding.a_request_id_refunds_once)}"));
        Assert.False(IsHere($"{nameof(when_refunding)}.nothing_of_the_kind"));
        Assert.True(IsInSource("when_methods_differ.a_won_has_no_hundredths_with_us_and_two_digits_more_on_the_wire"));
        Assert.False(
            IsInSource("G/when_methods_differ.a_won_has_no_hundredths_with_us_and_two_digits_more_on_the_wire"));
        Assert.False(IsInSource("when_methods_differ.nothing_of_the_kind"));
    }

    private static string[] Named(string cell) => [.. NamePattern().Matches(cell).Select(m => m.Groups[1].Value)];

    private static bool IsHere(string test) =>
        typeof(globalpay_facts).Assembly.GetType(
            $"{typeof(globalpay_facts).Namespace}.{test.Split('.')[0]}")?.GetMethod(
                test.Split('.')[1])?.GetCustomAttribute<FactAttribute>() is not null;

    private static bool IsInSource(string test)
    {
        var project = test[..2] switch
        {
            "G/" => "Billing.Gateway.Tests",
            "D/" => "Billing.Domain.Tests",
            _ => "Billing.Api.Tests"
        };
        var name = test.Split('/')[^1].Split('.');
        return Sources.Any(file => file.Key.Contains(
            Path.DirectorySeparatorChar + project + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            && Regex.IsMatch(file.Value, $@"class {name[0]}\b")
            && Regex.IsMatch(file.Value, $@"public (async )?(Task|void) {name[1]}\("));
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Billing.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("Billing.sln is nowhere above the tests.");
    }

    [GeneratedRegex(@"^\| (\d+\.\d+) \| (.+?) \| (.+?) \| (.+?) \|$")]
    private static partial Regex RowPattern();

    [GeneratedRegex(@"`((?:[GD]/)?[a-z_0-9]+\.[a-z_0-9]+)`")]
    private static partial Regex NamePattern();

    private sealed record Fact(string Number, string Sandbox, string Api);
}
