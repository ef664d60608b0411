using Billing.Sandbox.Calls;
using Billing.Sandbox.Payments;
using Billing.Sandbox.Pipeline;
using Billing.Sandbox.Preapprovals;
using Billing.Sandbox.Refunds;

namespace Billing.Sandbox;

/// <summary>The GlobalPay surface, one line per call (docs/globalpay.md). Routing accepts a trailing slash.</summary>
internal static class Endpoints
{
    public static void MapGateway(this IEndpointRouteBuilder app)
    {
        var v1 = app.MapGroup("/v1");
        v1.MapPost(
            "/preapprovals",
            (HttpContext http, GatewayCalls calls, CreatePreapproval operation) => calls.RunAsync(http, operation));
        v1.MapGet(
            "/preapprovals",
            (HttpContext http, GatewayCalls calls, ListPreapprovals operation) => calls.RunAsync(http, operation));
        v1.MapGet(
            "/preapprovals/{id}",
            (HttpContext http, GatewayCalls calls, ReadPreapproval operation) => calls.RunAsync(http, operation));
        v1.MapPatch(
            "/preapprovals/{id}",
            (HttpContext http, GatewayCalls calls, ChangePreapproval operation) => calls.RunAsync(http, operation));
        v1.MapDelete(
            "/preapprovals/{id}",
            (HttpContext http, GatewayCalls calls, ClosePreapproval operation) => calls.RunAsync(http, operation));
        v1.MapGet(
            "/preapprovals/{id}/payments",
            (HttpContext http, GatewayCalls calls, ListPreapprovalPayments operation) => calls.RunAsync(
                http, operation));
        v1.MapPost(
            "/payments/recurrent",
            (HttpContext http, GatewayCalls calls, ChargePreapproval operation) => calls.RunAsync(http, operation));
        v1.MapGet(
            "/payments",
            (HttpContext http, GatewayCalls calls, FindPayments operation) => calls.RunAsync(http, operation));
        v1.MapGet(
            "/payments/{id}",
            (HttpContext http, GatewayCalls calls, ReadPayment operation) => calls.RunAsync(http, operation));
        v1.MapPost(
            "/payments/{id}/capture",
            (HttpContext http, GatewayCalls calls, CapturePayment operation) => calls.RunAsync(http, operation));
        v1.MapPost(
            "/payments/{id}/cancel",
            (HttpContext http, GatewayCalls calls, CancelPayment operation) => calls.RunAsync(http, operation));
        v1.MapPost(
            "/payments/{id}/refunds",
            (HttpContext http, GatewayCalls calls, CreateRefund operation) => calls.RunAsync(http, operation));
        v1.MapGet(
            "/payments/{id}/refunds",
            (HttpContext http, GatewayCalls calls, ListRefunds operation) => calls.RunAsync(http, operation));
        v1.MapGet(
            "/payments/{id}/refunds/types",
            (HttpContext http, GatewayCalls calls, ReadRefundTypes operation) => calls.RunAsync(http, operation));
        v1.MapGet(
            "/payments/{id}/refunds/{refundId}",
            (HttpContext http, GatewayCalls calls, ReadRefund operation) => calls.RunAsync(http, operation));
        v1.MapGet(
            "/refunds/types/{method}/{country}/{currency}",
            (HttpContext http, GatewayCalls calls, ReadRefundTypes operation) => calls.RunAsync(http, operation));
        v1.Map("/{**rest}", (HttpContext http, Credentials credentials) => UnknownCall.AnswerAsync(http, credentials));
    }
}
