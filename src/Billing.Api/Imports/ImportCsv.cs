using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Billing.Api.Hosting;
using Billing.Domain;

namespace Billing.Api.Imports;

/// <summary>Turns lines of CSV (RFC 4180) into the JSON of a row. No value of a row has a line break.</summary>
internal sealed class ImportCsv
{
    private static readonly HashSet<string> Numbers =
    [
        .. ImportJsonContext.Default.ImportRow.Properties.Where(one => one.PropertyType != typeof(string))
            .Select(one => one.Name),
    ];

    private readonly IReadOnlyList<string> columns;

    /// <param name="header">The first line.</param>
    /// <exception cref="RuleViolation">csv_header_invalid, unknown_key.</exception>
    public ImportCsv(ReadOnlyMemory<byte> header)
    {
        columns = CellsOf(header) ?? throw Invalid();
        KnownKeys.Check(columns, [.. ImportRowReader.Keys], "the header");

        if (columns.Distinct().Count() != columns.Count)
        {
            throw Invalid();
        }
    }

    /// <exception cref="RuleViolation">row_invalid.</exception>
    public ReadOnlyMemory<byte> ToJson(ReadOnlyMemory<byte> line)
    {
        var cells = CellsOf(line) ?? throw ImportRowReader.Wrong("A quote of the row is not closed.");

        if (cells.Count != columns.Count)
        {
            throw ImportRowReader.Wrong($"The row has {cells.Count} values, and the header {columns.Count}.");
        }

        var json = new ArrayBufferWriter<byte>(line.Length * 3);
        using var writer = new Utf8JsonWriter(json);
        writer.WriteStartObject();

        foreach (var (column, cell) in columns.Zip(cells).Where(pair => pair.Second.Length > 0))
        {
            if (Numbers.Contains(column)
                && long.TryParse(cell, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            {
                writer.WriteNumber(column, number);
            }
            else
            {
                writer.WriteString(column, cell);
            }
        }

        writer.WriteEndObject();
        writer.Flush();

        return json.WrittenMemory;
    }

    // Null where a quote is not closed, or stands in the middle of a value.
    private static List<string>? CellsOf(ReadOnlyMemory<byte> line)
    {
        var (text, cells, at) = (Encoding.UTF8.GetString(line.Span), new List<string>(), 0);

        while (true)
        {
            if (at < text.Length && text[at] == '"')
            {
                var cell = new StringBuilder();

                for (at++; ; at++)
                {
                    var quote = text.IndexOf('"', at);

                    if (quote < 0)
                    {
                        return null;
                    }

                    cell.Append(text, at, quote - at);
                    at = quote + 1;

                    if (at >= text.Length || text[at] != '"')
                    {
                        break;
                    }

                    cell.Append('"');
                }

                cells.Add(cell.ToString());
            }
            else
            {
                var end = text.IndexOf(',', at) is >= 0 and var comma ? comma : text.Length;
                cells.Add(text[at..end].Trim());
                at = end;
            }

            if (at == text.Length)
            {
                return cells;
            }

            if (text[at++] != ',')
            {
                return null;
            }
        }
    }

    private static RuleViolation Invalid() => new(
        "csv_header_invalid",
        "The first line must name the columns, each once, with commas between: "
        + $"{string.Join(',', ImportRowReader.Keys)}.");
}
