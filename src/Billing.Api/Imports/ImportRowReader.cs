using System.Globalization;
using System.Text.Json;
using Billing.Api.Hosting;
using Billing.Domain;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using Billing.Gateway.Wire;

namespace Billing.Api.Imports;

/// <summary>Reads one row, with one sentence about what is wrong with it.</summary>
internal static class ImportRowReader
{
    public const string Invalid = "row_invalid";

    public static readonly IReadOnlyList<string> Keys =
        [.. ImportJsonContext.Default.ImportRow.Properties.Select(one => one.Name)];

    /// <param name="json">One JSON object.</param>
    /// <exception cref="RuleViolation">row_invalid, unknown_key.</exception>
    public static ImportRow Read(ReadOnlyMemory<byte> json)
    {
        if (JsonText.Fault(json.Span) is not null)
        {
            throw Wrong("The row must be a JSON object in UTF-8, on one line.");
        }

        using var document = JsonDocument.Parse(json);

        if (document.RootElement.ValueKind is not JsonValueKind.Object)
        {
            throw Wrong("The row must be a JSON object.");
        }

        KnownKeys.Check(document.RootElement.EnumerateObject().Select(one => one.Name), Keys, "the row");

        try
        {
            return document.Deserialize(ImportJsonContext.Default.ImportRow)!;
        }
        catch (JsonException e)
        {
            var name = Keys.FirstOrDefault(key => e.Path == $"$.{key}");

            throw Wrong(name is null ? "The row names a key twice." : $"{name} is of another type, or too large.");
        }
    }

    /// <exception cref="RuleViolation">row_invalid, schedule_unit_invalid and so on.</exception>
    public static SubscriptionImport ToImport(ImportRow row, Guid importId, int number)
    {
        Required(row.PreapprovalId > 0 ? row.PreapprovalId : null, "preapprovalId", "a number from 1");

        var terms = new ScheduleTerms(
            Required(row.AmountMinor, "amountMinor", "a number of minor units"),
            row.Currency ?? throw Missing("currency", "an ISO 4217 code"),
            row.Every ?? 1,
            ScheduleWords.ParseUnit(row.Unit),
            Required(Date(row.AnchorOn, "anchorOn"), "anchorOn", "a date"),
            row.TimeZone,
            Date(row.EndsOn, "endsOn"),
            row.PeriodsLeft,
            row.CatchUp is null ? null : ScheduleWords.ParseCatchUp(row.CatchUp))
        {
            AfterRetries = row.AfterRetries is null ? null : ScheduleWords.ParseAfterRetries(row.AfterRetries),
        };

        return new SubscriptionImport(
            importId, number, terms, Required(Date(row.NextDueOn, "nextDueOn"), "nextDueOn", "a date"),
            row.PastCharges ?? 0, row.PastAmountMinor ?? 0);
    }

    public static RuleViolation Wrong(string sentence) => new(Invalid, sentence);

    private static DateOnly? Date(string? text, string name) => text is null ? null
        : DateOnly.TryParseExact(
            text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date
        : throw Wrong($"{name} must be a date like 2027-01-31.");

    private static T Required<T>(T? value, string name, string what)
        where T : struct => value ?? throw Missing(name, what);

    private static RuleViolation Missing(string name, string what) => Wrong($"The row needs {name}, {what}.");
}
