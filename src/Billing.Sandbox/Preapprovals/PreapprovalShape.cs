using System.Text.Json;
using Billing.Sandbox.Calls;
using Billing.Sandbox.Misbehaving;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Preapprovals;

/// <summary>The Preapproval object, key for key as the seed documents show it per method.</summary>
internal sealed class PreapprovalShape(Methods methods, SandboxSettings settings)
{
    /// <summary>A 2xx answer. RedirectURL is shown by create and PATCH, and while Pending.</summary>
    public Answer Answer(int status, Preapproval row, bool showRedirect, ScenarioRule? rule = null)
    {
        var statusId =
            rule?.Action is ScenarioAction.UnknownStatus ? rule.StatusId ?? ScenarioRule.UnknownStatusId : row.StatusId;
        var body = Json.Object(json => WriteObject(
            json, "Preapproval", row, PreapprovalStatus.Info(statusId), statusId, null,
            showRedirect ? row.RedirectUrl : null));
        return new Answer(status, body, $"{status} {PreapprovalStatus.Info(statusId) ?? $"status {statusId}"}");
    }

    /// <summary>
    /// A 4xx: fields echoed, Status.ID 0 because clients cannot read null there (docs/globalpay.md section 13).
    /// </summary>
    public Answer Refusal(int status, Preapproval echo, IReadOnlyList<Reason> reasons)
    {
        var body = Json.Object(json => WriteObject(json, "Preapproval", echo, null, 0, reasons, null));
        return new Answer(status, body, $"{status} {string.Join(' ', reasons.Select(r => r.Code))}");
    }

    /// <summary>The body of a notification, with what each method's notifications leave out or say otherwise.</summary>
    public byte[] Notification(Preapproval row)
    {
        var method = methods.Of(row.MethodId);
        var notified = row with
        {
            Currency = method.NotifiesNoCurrency ? null : row.Currency,
            BillingAddress = method.NotifiedCountry is { } country && row.BillingAddress is { } address
                ? address with { Country = country }
                : row.BillingAddress,
        };
        var info = method.NamesStatusWhenNotifying ? PreapprovalStatus.Info(row.StatusId) : null;
        return Json.Object(json => WriteObject(
            json, "Preapproval", notified, info, row.StatusId, null, null, method.NotifiesNullNumbers));
    }

    /// <summary>Limited detail: no customer, no address, no redirect.</summary>
    public Answer List(IEnumerable<Preapproval> rows, ScenarioRule? rule)
    {
        var body = Json.Object(json =>
        {
            json.WriteStartArray("Preapprovals");
            foreach (var row in rows)
            {
                var statusId = rule?.Action is ScenarioAction.UnknownStatus
                    ? rule.StatusId ?? ScenarioRule.UnknownStatusId
                    : row.StatusId;
                json.WriteStartObject();
                WriteMembers(
                    json, row with { Customer = null, BillingAddress = null }, PreapprovalStatus.Info(statusId),
                    statusId, null, null, false);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
        return new Answer(StatusCodes.Status200OK, body, "200 list");
    }

    private void WriteObject(
        Utf8JsonWriter json, string key, Preapproval row, string? info, int statusId, IReadOnlyList<Reason>? reasons,
        string? redirect, bool nullNumbers = false)
    {
        json.WriteStartObject(key);
        WriteMembers(json, row, info, statusId, reasons, redirect, nullNumbers);
        json.WriteEndObject();
    }

    private void WriteMembers(
        Utf8JsonWriter json, Preapproval row, string? info, int statusId, IReadOnlyList<Reason>? reasons,
        string? redirect, bool nullNumbers)
    {
        var method = methods.Of(row.MethodId);
        json.Number("ID", row.Id == 0 ? null : row.Id);
        json.WriteString("Created", row.Created);
        json.Number("MethodID", row.MethodId);
        json.WriteNumber("SiteID", row.ShownSiteId);
        json.WriteString("MerchantPreapprovalID", row.MerchantPreapprovalId);
        json.Number("RecurringPeriod", nullNumbers ? null : row.RecurringPeriod);
        json.Amount("PreapprovedMaximumAmount", row.MaximumAmount);
        json.WriteString("Currency", row.Currency);
        json.WriteString("ReturnURL", row.ReturnUrl);
        json.WriteString("Description", row.Description);
        PersonShape.WriteCustomer(json, row.Customer, method);
        PersonShape.WriteAddress(json, row.BillingAddress);
        json.Status(statusId, info, reasons);
        json.WriteString("RedirectURL", redirect);

        // Null in the documents' Truemoney example, which the .NET client cannot read: only with
        // Sandbox__StrictMethods.
        json.Number("MethodOptionID", nullNumbers && settings.StrictMethods ? null : row.MethodOptionId);
        json.WriteNull("PreapprovedFrequency");

        // The seed's closed SEPA preapproval has none, though it must have had one while it was open.
        json.WriteString(
            "MandateReference", statusId == PreapprovalStatus.ClosedByCustomer ? null : row.MandateReference);
        if (method.HasDetails)
        {
            json.WriteNull("Details");
        }
    }
}
