using System.Globalization;
using Billing.Domain.Profiles;
using Billing.Domain.Tests.Specs;

namespace Billing.Domain.Tests.Profiles;

public class the_page_of_the_profiles
{
    private static readonly string[] Page =
        File.ReadAllLines(Path.Combine(Repository.Root, "docs", "method-profiles.md"));

    [Fact]
    public void says_what_the_data_say()
    {
        var heads = Cells(Page.Single(line => line.StartsWith("| method | name |", StringComparison.Ordinal)));
        var rows = Page.Where(line => line.StartsWith("| ", StringComparison.Ordinal) && char.IsDigit(line[2]))
            .Select(Cells)
            .ToList();

        Assert.Equal(MethodProfiles.BuiltIn.All.Select(Row), rows.Select(row => string.Join(" | ", row)));
        Assert.Equal(MethodProfiles.BuiltIn.All[0].Terms.Split(' ').Select(term => term.Split('=')[0]), heads.Skip(3));

        static string Row(MethodProfile it) => string.Join(
            " | ",
            [
                it.MethodId.ToString(CultureInfo.InvariantCulture), it.Name,
                it.Version.ToString(CultureInfo.InvariantCulture),
                .. it.Terms.Split(' ').Select(term => term.Split('=')[1])
            ]);
    }

    private static string[] Cells(string line) => [.. line.Trim('|', ' ').Split('|').Select(cell => cell.Trim())];
}
