using Billing.Sandbox.Calls;
using Billing.Sandbox.Misbehaving;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Operations;

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
