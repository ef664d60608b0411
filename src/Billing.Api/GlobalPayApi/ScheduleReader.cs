using System.Globalization;
using System.Text.Json;
using Billing.Api.Hosting;
using Billing.Domain;
using Billing.Domain.Profiles;
using Billing.Domain.Scheduling;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;

namespace Billing.Api.GlobalPayApi;

/// <summary>Reads our extension of the Preapproval object into terms that a schedule may have.</summary>
public static class ScheduleReader
{
    // Characters that are wrong in a misspelt name.
    private const int MostSlips = 2;

    private static readonly string[] Keys =
    [
        .. GlobalPayJson.Answers.WireSchedule.Properties.Where(one => !one.IsExtensionData).Select(one => one.Name),
    ];

    private const string Name = nameof(WirePreapproval.Schedule);

    /// <summary>
    /// Refuses a key of the Preapproval object that is nearly Schedule: ignored, it would charge nothing, or go on with
    /// the old price. Other unknown keys are the gateway's, and allowed.
    /// </summary>
    /// <param name="body">A request that was read before.</param>
    /// <exception cref="RuleViolation">unknown_key.</exception>
    public static void CheckName(ReadOnlyMemory<byte> body)
    {
        using var json = JsonDocument.Parse(body);
        var similar = json.RootElement.GetProperty(nameof(PreapprovalEnvelope.Preapproval)).EnumerateObject()
            .Select(key => key.Name).Where(key => KnownKeys.Distance(key, Name) <= MostSlips);

        KnownKeys.Check(similar, [Name], "Preapproval");
    }

    /// <exception cref="RuleViolation">What is wrong with it, in one sentence.</exception>
    public static ScheduleTerms? Read(WireSchedule? wire, MethodProfile profile, WireMoney money)
    {
        if (wire is null)
        {
            return null;
        }

        KnownKeys.Check(wire.Unknown?.Keys ?? [], Keys, "Schedule");

        var terms = new ScheduleTerms(
            wire.AmountMinor ?? throw Missing("AmountMinor"),
            wire.Currency ?? throw Missing("Currency"),
            wire.Every ?? 1,
            ScheduleWords.ParseUnit(wire.Unit ?? throw Missing("Unit")),
            Date(wire.FirstDueOn, "FirstDueOn"),
            string.IsNullOrEmpty(wire.TimeZone) ? null : wire.TimeZone,
            Date(wire.EndsOn, "EndsOn"),
            wire.Periods,
            wire.CatchUp is null ? null : ScheduleWords.ParseCatchUp(wire.CatchUp))
        {
            AfterRetries = wire.AfterRetries is null ? null : ScheduleWords.ParseAfterRetries(wire.AfterRetries),
        };

        ScheduleRules.Check(terms);

        if (!profile.Takes(terms.Currency))
        {
            throw new RuleViolation("100", $"Currency is invalid: this method does not take {terms.Currency}.");
        }

        // Refused now rather than on the first due date.
        money.ChargeToWire(new Money(terms.AmountMinor, terms.Currency));

        return terms;
    }

    private static DateOnly? Date(string? text, string field) => text switch
    {
        null or "" => null,
        _ when DateOnly.TryParseExact(
            text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) => date,
        _ =>
            throw new RuleViolation("schedule_date_invalid", $"The schedule's {field} must be a date like 2026-01-31."),
    };

    private static RuleViolation Missing(string field) => new("1", $"Missing parameter: Schedule.{field}.");
}
