using System.Text.Json;
using Billing.Sandbox.Calls;
using Billing.Sandbox.Misbehaving;
using Billing.Sandbox.Operations;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Refunds;

/// <summary>GET /v1/payments/{id}/refunds/types and GET /v1/refunds/types/{method}/{country}/{currency}.</summary>
internal sealed class ReadRefundTypes(RefundCalls calls, RefundTypes types, Methods methods) : IGatewayOperation
{
    public OperationName Name => OperationName.RefundTypes;

    public Subject Subject(Call call) =>
        call.Segment("method") is null ? calls.Subject(call) : new Subject(MethodId: call.SegmentNumber("method"));

    public Answer Refuse(Call call, Reason reason) => call.Segment("method") is null
        ? calls.Refuse(call, StatusCodes.Status400BadRequest, reason)
        : Answer.Message(StatusCodes.Status400BadRequest, reason.Info ?? reason.Code);

    public Answer Act(Call call, ScenarioRule? rule)
    {
        if (call.Segment("method") is null)
        {
            return calls.Payment(call) is { } payment
                ? Shown(types.Of(payment.MethodId))
                : calls.Refuse(call, StatusCodes.Status404NotFound, ReturnCode.PaymentInvalid.Plain());
        }

        // Without a payment there is no envelope that a refusal could wear.
        return methods.Find(call.SegmentNumber("method")) is not { } method ? Refuse(
            call, ReturnCode.MethodInvalid.Plain())
            : call.Segment("country") is not { } country
                || !Countries.Knows(country) ? Refuse(call, ReturnCode.CountryInvalid.Plain())
            : !FieldRules.Currency().IsMatch(call.Segment("currency") ?? "") ? Refuse(
                call, ReturnCode.CurrencyInvalid.Plain())
            : Shown(types.Of(method.Id));
    }

    private static Answer Shown(RefundType type)
    {
        var body = Json.Object(json =>
        {
            json.WriteStartArray("RefundTypes");
            json.WriteStartObject();
            json.WriteString(nameof(type.Name), type.Name);
            json.WriteNumber("ID", type.Id);
            json.WriteBoolean("AllowsPartialRefund", type.AllowsPartialRefund);
            WriteCustomer(json, type);
            json.WriteNull("BillingAddress");
            json.WriteNull("BankAddress");
            WriteDetails(json, type);
            json.WriteEndObject();
            json.WriteEndArray();
        });
        return new Answer(StatusCodes.Status200OK, body, "200 list");
    }

    // A parameter that is needed shows its rule; the others are null.
    private static void WriteCustomer(Utf8JsonWriter json, RefundType type)
    {
        if (!type.NeedsBankDetails)
        {
            json.WriteNull("Customer");
            return;
        }

        json.WriteStartObject("Customer");
        json.WriteNull("MerchantCustomerID");
        json.WriteNull("Email");
        json.WriteString("FirstName", "^.{1,50}$");
        json.WriteString("LastName", "^.{1,50}$");
        json.WriteNull("Gender");
        json.WriteNull("SocialSecurityNumber");
        json.WriteNull("Phone");
        json.WriteNull("Company");
        json.WriteEndObject();
    }

    private static void WriteDetails(Utf8JsonWriter json, RefundType type)
    {
        if (!type.NeedsBankDetails)
        {
            json.WriteNull("Details");
            return;
        }

        json.WriteStartObject("Details");
        json.WriteString("BankCode", FieldRules.BicPattern);
        json.WriteString("CustomerIBAN", FieldRules.IbanPattern);
        json.WriteEndObject();
    }
}
