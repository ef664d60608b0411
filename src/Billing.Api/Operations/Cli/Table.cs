using System.Globalization;

namespace Billing.Api.Operations.Cli;

/// <summary>A list on the console: a header, and columns that are as wide as their widest cell.</summary>
internal sealed class Table(params string[] headers)
{
    private const string Gap = "  ";
    private readonly List<string[]> rows = [];

    public int Count => rows.Count;

    /// <param name="cells">One for each header; null and empty are shown as a dash.</param>
    public void Add(params string?[] cells) => rows.Add([.. cells.Select(Shown)]);

    /// <summary>Writes header and rows; nothing at all where there are no rows.</summary>
    public void Print()
    {
        if (rows.Count == 0)
        {
            return;
        }

        var widths = headers.Select((header, i) => Math.Max(header.Length, rows.Max(row => row[i].Length))).ToArray();

        // The last column may be long, and nothing follows it.
        widths[^1] = 0;

        foreach (var row in rows.Prepend(headers))
        {
            Console.WriteLine(string.Join(Gap, row.Select((cell, i) => cell.PadRight(widths[i]))));
        }
    }

    /// <summary>Local time with its offset, to the second.</summary>
    public static string Local(DateTimeOffset at) =>
        at.ToLocalTime().ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);

    /// <summary>Local time with its offset, to the microsecond, as the database stores it.</summary>
    public static string LocalExactly(DateTimeOffset at) =>
        at.ToLocalTime().ToString("yyyy-MM-ddTHH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture);

    // What came from outside must not move the cursor or begin a line of its own.
    internal static string Shown(string? cell) => string.IsNullOrEmpty(cell)
        ? "-"
        : string.Create(cell.Length, cell, (span, text) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                span[i] = char.IsControl(text[i]) ? ' ' : text[i];
            }
        });
}
