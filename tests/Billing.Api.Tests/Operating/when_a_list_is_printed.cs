using Billing.Api.Operations.Cli;

namespace Billing.Api.Tests.Operating;

public class when_a_list_is_printed
{
    private static readonly string Long = $"{new string('x', 5_000)} y";

    [Fact]
    public void columns_are_aligned_without_frame_or_fold_and_foreign_text_is_only_text()
    {
        var table = new Table("ID", "REFERENCE", "DATA");
        table.Add("1", "[red]shop[/]\n\u001b[31m", Long);
        table.Add("12", null, "");

        Assert.Equal(
            [
                "ID  REFERENCE           DATA", $"1   [red]shop[/]  [31m  {Long}", "12  -                   -",
            ],
            table.Lines());
    }

    [Fact]
    public void without_rows_there_is_no_header() => Assert.Empty(new Table("ID").Lines());

    [Fact]
    public void times_are_written_for_people_with_their_offset()
    {
        var at = new DateTimeOffset(2027, 3, 1, 12, 0, 5, TimeSpan.Zero).AddMicroseconds(7);

        Assert.Matches(@"^2027-0[23]-\d\d \d\d:\d\d:05 [+-]\d\d:\d\d$", Table.Local(at));
        Assert.Matches(@"^2027-0[23]-\d\d \d\d:\d\d:05\.000007 [+-]\d\d:\d\d$", Table.LocalExactly(at));
    }
}
