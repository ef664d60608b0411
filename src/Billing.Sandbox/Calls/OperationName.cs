using System.Text.Json.Serialization;

namespace Billing.Sandbox.Calls;

/// <summary>Names of the calls in scenario rules.</summary>
[JsonConverter(typeof(NamedValueConverter<OperationName>))]
internal enum OperationName
{
    Create,
    Change,
    Close,
    Read,
    List,
    Charge,
    Find,
    ReadPayment,
    Cancel,
    Capture,
    Refund,
    ListRefunds,
    ReadRefund,
    RefundTypes,

    /// <summary>Not a call of the merchant's: a notification of the gateway.</summary>
    Notify,
}
