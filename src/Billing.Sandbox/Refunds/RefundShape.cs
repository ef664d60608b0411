using System.Text.Json;
using Billing.Sandbox.Calls;
using Billing.Sandbox.Misbehaving;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Refunds;

/// <summary>
/// The Refund object as in the documents' examples: answers, lists and notifications differ slightly.
/// </summary>
internal sealed class RefundShape(Methods methods, Store store)
{
    public Answer Answer(int status, Refund row, ScenarioRule? rule = null)
    {
        var shown = Bent(row, rule);
        var body = Json.Object(json => WriteObject(json, shown, isNotification: false));
        return new Answer(status, body, $"{status} {PaymentStatus.Info(shown.StatusId) ?? $"status {shown.StatusId}"}");
    }

    /// <summary>
    /// A 4xx as the real gateway gave it: fields echoed, Status.ID null. Absent ids are 0, because the .NET client
    /// reads no null there (docs/globalpay.md sections 3 and 13).
    /// </summary>
    public Answer Refusal(int status, Refund echo, IReadOnlyList<Reason> reasons)
    {
        var body = Json.Object(
            json => WriteObject(json, echo with { StatusId = null, Reasons = reasons }, isNotification: false));
        return new Answer(status, body, $"{status} {string.Join(' ', reasons.Select(r => r.Code))}");
    }

    /// <summary>Its amount is a number, its description never null, and it has no SplitID.</summary>
    public byte[] Notification(Refund row) => Json.Object(json => WriteObject(json, row, isNotification: true));

    /// <summary>Limited detail, without paging.</summary>
    public Answer List(IEnumerable<Refund> rows, ScenarioRule? rule)
    {
        var body = Json.Object(json =>
        {
            json.WriteStartArray("Refunds");
            foreach (var row in rows)
            {
                json.WriteStartObject();
                WriteMembers(
                    json, Bent(row, rule) with
                    {
                        Details = null,
                        Customer = null,
                        BillingAddress = null,
                        BankAddress = null,
                        Articles = null
                    }, isNotification: false);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
        return new Answer(StatusCodes.Status200OK, body, "200 list");
    }

    private static Refund Bent(Refund row, ScenarioRule? rule) => rule?.Action switch
    {
        ScenarioAction.WrongAmount => row with { Amount = row.Amount + 1 },
        ScenarioAction.UnknownStatus => row with { StatusId = rule.StatusId ?? ScenarioRule.UnknownStatusId },
        _ => row,
    };

    private void WriteObject(Utf8JsonWriter json, Refund row, bool isNotification)
    {
        json.WriteStartObject("Refund");
        WriteMembers(json, row, isNotification);
        json.WriteEndObject();
    }

    private void WriteMembers(Utf8JsonWriter json, Refund row, bool isNotification)
    {
        json.WriteNumber("ID", row.Id);
        json.WriteString("Created", row.Created);
        json.WriteString("MerchantTransactionID", row.MerchantTransactionId);
        json.WriteString("OriginatorTransactionID", row.OriginatorTransactionId);
        json.WriteNumber("InitialPaymentID", row.PaymentId);
        if (isNotification)
        {
            json.Number("Amount", row.Amount);
        }
        else
        {
            json.Amount("Amount", row.Amount);
        }

        json.WriteString("Currency", row.Currency);
        json.WriteString("Description", isNotification ? row.Description ?? "" : row.Description);
        json.WriteNumber("TypeID", row.TypeId);
        json.WriteNumber("SiteID", row.ShownSiteId);
        json.Copied("Details", row.Details);
        PersonShape.WriteCustomer(json, row.Customer, methods.Of(store.Payment(row.PaymentId)?.MethodId));
        PersonShape.WriteAddress(json, row.BillingAddress);
        PersonShape.WriteAddress(json, row.BankAddress, "BankAddress");
        json.Copied("Articles", row.Articles);
        json.Status(row.StatusId, PaymentStatus.Info(row.StatusId), row.Reasons);
        if (!isNotification)
        {
            json.WriteNumber("SplitID", 0);
        }
    }
}
