using System.Text.Json.Serialization;

namespace Billing.Api.Imports;

/// <summary>A row of an import, as the merchant sends it; the columns of CSV have the same names.</summary>
/// <param name="PreapprovalId">The gateway's numeric id.</param>
/// <param name="AnchorOn">yyyy-MM-dd, the date that all due dates are counted from: the 31st stays the 31st.</param>
/// <param name="NextDueOn">yyyy-MM-dd, the first date that is charged here.</param>
/// <param name="AmountMinor">The price of a period in minor units of the currency.</param>
/// <param name="Every">The length of a period in units; omitted: 1.</param>
/// <param name="Unit">day, week, month or year.</param>
/// <param name="TimeZone">Omitted: the site's.</param>
/// <param name="EndsOn">yyyy-MM-dd, the last day that may be due.</param>
/// <param name="PeriodsLeft">
/// How many periods are still to be charged. It becomes the number of periods of the plan: what was charged before is
/// not counted here.
/// </param>
/// <param name="CatchUp">bill_all, latest_only or skip; omitted: latest_only.</param>
/// <param name="AfterRetries">continue, suspend or close; omitted: the site's.</param>
/// <param name="PastCharges">How many charges the other system has made.</param>
/// <param name="PastAmountMinor">Their sum in minor units of the same currency.</param>
public sealed record ImportRow(
    int? PreapprovalId, string? AnchorOn, string? NextDueOn, long? AmountMinor, string? Currency, int? Every,
    string? Unit, string? TimeZone, string? EndsOn, int? PeriodsLeft, string? CatchUp, string? AfterRetries,
    int? PastCharges, long? PastAmountMinor);

/// <summary>A row, once the file was received.</summary>
/// <param name="Row">Its number in the file, 1 for the first.</param>
/// <param name="State">waiting, ready, imported, refused or cancelled.</param>
/// <param name="PreapprovalId">The gateway's numeric id; null where the row could not be read.</param>
/// <param name="SubscriptionId">Of the subscription that it became.</param>
/// <param name="Code">Why it was refused, for machines; else null.</param>
/// <param name="Detail">The same as a sentence.</param>
public sealed record ImportRowView(
    int Row, string State, int? PreapprovalId, Guid? SubscriptionId, string? Code, string? Detail);

/// <param name="Next">Send it as <c>after</c> to get the next page; null on the last.</param>
public sealed record ImportRowPage(IReadOnlyList<ImportRowView> Rows, string? Next);

/// <summary>What rows of one currency add up to: those that are imported or ready.</summary>
/// <param name="AmountMinor">The prices of one period.</param>
/// <param name="PastAmountMinor">What the other system has charged.</param>
public sealed record ImportSum(string Currency, int Rows, long AmountMinor, long PastAmountMinor);

/// <summary>How far an import is.</summary>
/// <param name="State">checking, checked, running, done or cancelled.</param>
/// <param name="Waiting">Rows that nothing was decided about yet.</param>
/// <param name="Ready">Rows that a dry run has found nothing against.</param>
/// <param name="CreatedAt">Real time, as the next one.</param>
public sealed record ImportView(
    Guid Id, string State, int Rows, int Waiting, int Ready, int Imported, int Refused, int Cancelled,
    IReadOnlyList<ImportSum> Sums, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt)
{
    /// <summary>True once nothing more happens by itself.</summary>
    [JsonIgnore]
    public bool IsAtRest => State is not (ImportStates.Checking or ImportStates.Running);
}

/// <summary>camelCase, nulls written, RFC 3339. A key that comes twice is refused.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ImportView))]
[JsonSerializable(typeof(ImportRowPage))]
[JsonSerializable(typeof(ImportRow))]
internal sealed partial class ImportJsonContext : JsonSerializerContext;
