using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Billing.Api.Operations.Cli;

/// <summary>
/// A list on the console: a header, and columns that are as wide as their widest cell. The same on a terminal and in a
/// pipe: no frame, no colour, one line a row.
/// </summary>
internal sealed class Table
{
    // Wider than any row: a folded id could not be copied.
    private const int Width = 10_000_000;

    private readonly Spectre.Console.Table table = new Spectre.Console.Table().NoBorder();

    public Table(params string[] headers) => table.AddColumns(
        [.. headers.Select(header => new TableColumn(new Text(header)).Padding(0, 0, 2, 0).NoWrap())]);

    public int Count => table.Rows.Count;

    /// <param name="cells">One for each header; null and empty are shown as a dash.</param>
    public void Add(params string?[] cells) => table.AddRow(cells.Select(cell => new Text(Shown(cell))));

    /// <summary>Writes header and rows; nothing at all where there are no rows.</summary>
    public void Print()
    {
        foreach (var line in Lines())
        {
            Console.WriteLine(line);
        }
    }

    internal IEnumerable<string> Lines() => Count == 0
        ? []
        : Segment.SplitLines(((IRenderable)table).Render(RenderOptions.Create(AnsiConsole.Console), Width))
            .Select(line => string.Concat(line.Select(segment => segment.Text)).TrimEnd());

    /// <summary>Local time with its offset, to the second.</summary>
    public static string Local(DateTimeOffset at) =>
        at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture);

    /// <summary>Local time with its offset, to the microsecond, as the database stores it.</summary>
    public static string LocalExactly(DateTimeOffset at) =>
        at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss.ffffff zzz", CultureInfo.InvariantCulture);

    // What came from outside must not move the cursor or begin a line of its own.
    internal static string Shown(string? cell) =>
        string.IsNullOrEmpty(cell) ? "-" : string.Concat(cell.Select(it => char.IsControl(it) ? ' ' : it));
}
