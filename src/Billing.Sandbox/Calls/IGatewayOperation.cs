using System.Text.Json.Serialization;

namespace Billing.Sandbox;

/// <summary>One call that GlobalPay defines. Every member runs under the sandbox's one lock.</summary>
internal interface IGatewayOperation
{
    OperationName Name { get; }

    /// <summary>What scenario rules are matched against.</summary>
    Subject Subject(Call call);

    /// <summary>Does what the call asks for. A rule may bend the outcome or the answer.</summary>
    Answer Act(Call call, ScenarioRule? rule);

    /// <summary>The 400 of this call: its envelope with a reason, and nothing done.</summary>
    Answer Refuse(Call call, Reason reason);

    /// <summary>Seen for every authenticated call, before anything else happens to it.</summary>
    void Arrived(Call call)
    {
    }

    /// <summary>What the caller got, in a few words.</summary>
    void Answered(Call call, string says)
    {
    }
}

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

/// <summary>What a call is about, as far as known.</summary>
internal sealed record Subject(
    string? MerchantPreapprovalId = null,
    string? MerchantTransactionId = null,
    int? PreapprovalId = null,
    int? MethodId = null,
    long? Amount = null,
    string? Email = null)
{
    public static Subject Of(Preapproval? preapproval) => preapproval is null
        ? new Subject()
        : new Subject(
            preapproval.MerchantPreapprovalId, null, preapproval.Id, preapproval.MethodId, null,
            preapproval.Customer?.Email);
}
