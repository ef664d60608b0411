using System.Globalization;
using Billing.Domain.Gateway;
using Billing.Domain.Profiles;
using Billing.Gateway.Translation;

namespace Billing.Gateway.Tests.Translation;

public class the_page_of_the_outcomes
{
    private static readonly string[] Page = File.ReadAllLines(
        Path.Combine(Root(AppContext.BaseDirectory), "docs", "outcomes.md"));

    [Fact]
    public void sorts_every_status_as_the_code_does()
    {
        var rows = Table("| status |");
        var listed = rows.Where(row => char.IsDigit(row[0][0]))
            .SelectMany(row => Numbers(row[0]).Select(status => (status, row[1]))).ToList();

        Assert.Equal(
            Enumerable.Range(0, 100).Where(status => PaymentStatuses.InfoOf(status) is not null),
            listed.Select(row => row.status).Order());
        Assert.All(
            listed, row => Assert.Equal(row.Item2, WordOf(Outcomes.OfStatus(PaymentStatuses.MeaningOf(row.status)))));
        Assert.Equal("unknown", WordOf(Outcomes.OfStatus(PaymentStatuses.MeaningOf(99))));
    }

    [Fact]
    public void sorts_every_code_as_the_code_does()
    {
        var rows = Table("| codes |");
        var listed = rows.Where(row => char.IsDigit(row[0][0]))
            .SelectMany(row => Numbers(row[0]).Select(code => (code, refusal: row[1], failed: row[2]))).ToList();

        Assert.Equal(Outcomes.All.Select(row => row.Code), listed.Select(row => row.code).Order());
        Assert.Equal([.. Enumerable.Range(0, 21), .. Enumerable.Range(100, 29)], Outcomes.All.Select(row => row.Code));
        Assert.All(listed.Append((129, "refused", "declined_for_now")), row => Assert.Equal((row.Item2, row.Item3), (
            Outcomes.Word(Outcomes.OfRefusedCharge(row.Item1.ToString(CultureInfo.InvariantCulture))),
            Outcomes.Word(Outcomes.OfFailedPayment(row.Item1.ToString(CultureInfo.InvariantCulture))))));
    }

    [Fact]
    public void names_every_class() =>
        Assert.Equal(Enum.GetValues<OutcomeClass>().Select(Outcomes.Word), Table("| class |").Select(row => row[0]));

    private static string WordOf(OutcomeClass? outcome) =>
        outcome is { } certain ? Outcomes.Word(certain) : "by the code";

    private static List<string[]> Table(string head) =>
    [
        .. Page.SkipWhile(line => !line.StartsWith(head, StringComparison.Ordinal)).Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|', ' ').Split('|').Select(cell => cell.Trim()).ToArray()),
    ];

    private static IEnumerable<int> Numbers(string cell) =>
        cell.Split(',').Select(number => int.Parse(number, CultureInfo.InvariantCulture));

    private static string Root(string directory) =>
        File.Exists(Path.Combine(directory, "Billing.sln"))
            ? directory
            : Root(Path.GetDirectoryName(directory.TrimEnd(Path.DirectorySeparatorChar))!);
}
