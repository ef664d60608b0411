using System.Text.Json;
using Billing.Sandbox.Calls;
using Billing.Sandbox.Misbehaving;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Payments;

/// <summary>The Payment object, key for key as the seed documents show it.</summary>
internal sealed class PaymentShape(Methods methods)
{
    public Answer Answer(int status, Payment row, ScenarioRule? rule = null)
    {
        var shown = Bent(row, rule);
        var body = Json.Object(json => WriteObject(json, shown));
        return new Answer(status, body, $"{status} {PaymentStatus.Info(shown.StatusId) ?? $"status {shown.StatusId}"}");
    }

    /// <summary>A 4xx: the request's fields echoed, Status.ID null (docs/globalpay.md section 3).</summary>
    public Answer Refusal(int status, Payment echo, IReadOnlyList<Reason> reasons)
    {
        var body = Json.Object(json => WriteObject(json, echo with { StatusId = null, Reasons = reasons }));
        return new Answer(status, body, $"{status} {string.Join(' ', reasons.Select(r => r.Code))}");
    }

    public byte[] Notification(Payment row) => Json.Object(json => WriteObject(json, row));

    /// <summary>A page of a list: limited detail, and the paging numbers behind it.</summary>
    /// <param name="error">Only a refused list has the Error key (docs/globalpay.md section 3).</param>
    public Answer List(
        IReadOnlyCollection<Payment> page, int total, int pageIndex, int pageSize, ScenarioRule? rule = null,
        string? error = null)
    {
        var body = Json.Object(json =>
        {
            json.WriteStartArray("Payments");
            foreach (var row in page)
            {
                json.WriteStartObject();
                WriteMembers(
                    json, Bent(row, rule) with { Description = null, Customer = null, BillingAddress = null },
                    returnUrl: "", isWhole: false);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteNumber("Count", page.Count);
            json.WriteNumber("TotalPages", (total + pageSize - 1) / pageSize);
            json.WriteNumber("TotalCount", total);
            json.WriteNumber("PageIndex", pageIndex);
            json.WriteNumber("PageSize", pageSize);
            if (error is not null)
            {
                json.WriteString("Error", error);
            }
        });
        var status = error is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest;
        return new Answer(status, body, $"{status} {error ?? $"{page.Count} of {total}"}");
    }

    private static Payment Bent(Payment row, ScenarioRule? rule) => rule?.Action switch
    {
        ScenarioAction.WrongAmount => row with { Amount = row.Amount + 1 },
        ScenarioAction.UnknownStatus => row with { StatusId = rule.StatusId ?? ScenarioRule.UnknownStatusId },
        _ => row,
    };

    private void WriteObject(Utf8JsonWriter json, Payment row)
    {
        json.WriteStartObject("Payment");
        WriteMembers(json, row, returnUrl: null, isWhole: true);
        json.WriteEndObject();
    }

    private void WriteMembers(Utf8JsonWriter json, Payment row, string? returnUrl, bool isWhole)
    {
        var method = methods.Of(row.MethodId);
        json.Number("ID", row.Id == 0 ? null : row.Id);
        json.WriteNull("SkinID");
        json.WriteNull("ClientIP");
        json.WriteString("Created", row.Created);
        json.WriteString("MerchantTransactionID", row.MerchantTransactionId);
        json.WriteString("OriginatorTransactionID", row.OriginatorTransactionId);
        json.Amount("Amount", row.Amount);
        json.WriteString("Currency", row.Currency);
        json.Amount("CapturedAmount", row.CapturedAmount);
        json.WriteString("ReturnURL", returnUrl);
        json.WriteString("Description", method.ShowsFraud && isWhole ? row.Description ?? "" : row.Description);
        json.Number("MethodID", row.MethodId);
        json.WriteNull("MethodOptionID");
        json.WriteNull("IncludeMethodIDs");
        json.WriteNull("ExcludeMethodIDs");
        json.WriteNull("PrioritizeMethodIDs");
        json.WriteNumber("SiteID", row.ShownSiteId);
        json.WriteString("NotificationDateTime", row.NotificationDateTime);
        PersonShape.WriteCustomer(json, row.Customer, method);
        PersonShape.WriteAddress(json, row.BillingAddress);
        json.WriteNull("ShippingAddress");
        json.WriteNull("Articles");
        json.WriteNull("Details");
        json.WriteNull("ReferenceDetails");
        json.WriteNull("CustomParameters");
        json.Number("PreapprovalID", row.PreapprovalId);
        json.Status(row.StatusId, PaymentStatus.Info(row.StatusId), row.Reasons);
        if (method.ShowsFraud)
        {
            json.WriteNull("Fraud");
        }

        json.WriteNull("MethodTransactionID");
        json.WriteNull("TokenLifetime");
        json.WriteNull("Capture");
        json.WriteNull("PreapprovalDetails");
        json.WriteNull("RedirectURL");
    }
}
