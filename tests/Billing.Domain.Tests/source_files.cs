using Billing.Domain.Tests.Specs;

namespace Billing.Domain.Tests;

public class source_files
{
    private const int MostColumns = 120;
    private const int MostLines = 250;

    private static IEnumerable<(string Name, string[] Lines)> All =>
        from folder in (string[])["src", "tests", "bench"]
        from path in Repository.CSharpFilesOf(Path.Combine(Repository.Root, folder))
        select (Path.GetRelativePath(Repository.Root, path), File.ReadAllLines(path));

    [Fact]
    public void have_no_line_wider_than_120_characters() => Assert.Empty(
        from file in All
        from line in file.Lines.Index()
        where line.Item.Length > MostColumns
        select $"{file.Name}:{line.Index + 1} has {line.Item.Length}");

    [Fact]
    public void have_at_most_250_lines() => Assert.Empty(
        from file in All
        where file.Lines.Length > MostLines
        select $"{file.Name} has {file.Lines.Length}");

    [Fact]
    public void are_found() => Assert.InRange(All.Count(), 500, 5_000);
}
