using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Billing.Domain;
using Microsoft.Net.Http.Headers;

namespace Billing.Api.Reports;

/// <summary>A report as text.</summary>
public sealed record ReportText(string ContentType, string Text);

/// <summary>How a report is written: as one JSON object, as CSV, or as a JSON object for each row.</summary>
public static class ReportFormat
{
    private const string Json = "application/json";
    private const string Csv = "text/csv";
    private const string Ndjson = "application/x-ndjson";

    /// <summary>What <c>format=</c> and <c>--format</c> take.</summary>
    public static readonly IReadOnlyList<string> Names = ["json", "csv", "ndjson"];

    /// <param name="format">One of <see cref="Names"/>; null: what <paramref name="accept"/> prefers.</param>
    /// <param name="accept">The Accept header; without one JSON.</param>
    /// <returns>One of <see cref="Names"/>; null where the header takes none of them.</returns>
    /// <exception cref="RuleViolation">format_invalid.</exception>
    public static string? Choose(string? format, IList<string?>? accept)
    {
        if (format is not null)
        {
            return Names.Contains(format)
                ? format
                : throw new RuleViolation("format_invalid", $"The format must be one of {string.Join(", ", Names)}.");
        }

        if (accept is not { Count: > 0 }
            || !MediaTypeHeaderValue.TryParseList([.. accept.OfType<string>()], out var wanted))
        {
            return Names[0];
        }

        // Of equal wishes the first of ours.
        return (
            from name in Names
            let quality = wanted.Where(one => TypeOf(name).IsSubsetOf(one)).OrderByDescending(Precision)
                .Select(one => one.Quality ?? 1).Cast<double?>().FirstOrDefault()
            where quality > 0
            orderby quality descending
            select name).FirstOrDefault();
    }

    /// <param name="format">One of <see cref="Names"/>.</param>
    public static ReportText Write<TReport, TRow>(
        string format, TReport report, IReadOnlyList<TRow> rows, JsonTypeInfo<TReport> ofReport,
        JsonTypeInfo<TRow> ofRow) => format switch
        {
            "csv" => new($"{Csv}; charset=utf-8; header=present", CsvOf(rows, ofRow)),
            "ndjson" => new(
                Ndjson, string.Concat(rows.Select(row => $"{JsonSerializer.Serialize(row, ofRow)}\n"))),
            _ => new($"{Json}; charset=utf-8", JsonSerializer.Serialize(report, ofReport)),
        };

    /// <summary>One cell: quoted where CSV needs it, and never a formula.</summary>
    /// <remarks>
    /// A spreadsheet runs text that begins with one of these characters: a currency is text of a third party.
    /// </remarks>
    public static string TextCell(string text)
    {
        var safe = text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? $"'{text}" : text;

        return safe.AsSpan().IndexOfAny(",\"\r\n") < 0
            ? safe
            : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    // As RFC 4180 has it: lines end with CR LF, and the first one names the columns.
    private static string CsvOf<TRow>(IReadOnlyList<TRow> rows, JsonTypeInfo<TRow> ofRow)
    {
        var csv = new StringBuilder().AppendJoin(',', ofRow.Properties.Select(column => column.Name)).Append("\r\n");

        foreach (var row in rows)
        {
            csv.AppendJoin(',', JsonSerializer.SerializeToElement(row, ofRow).EnumerateObject()
                .Select(cell => cell.Value.ValueKind is JsonValueKind.String
                    ? TextCell(cell.Value.GetString()!)
                    : cell.Value.GetRawText())).Append("\r\n");
        }

        return csv.ToString();
    }

    private static MediaTypeHeaderValue TypeOf(string name) =>
        new(name switch { "csv" => Csv, "ndjson" => Ndjson, _ => Json });

    private static int Precision(MediaTypeHeaderValue one) =>
        one.MatchesAllTypes ? 0 : one.MatchesAllSubTypes ? 1 : 2;
}
