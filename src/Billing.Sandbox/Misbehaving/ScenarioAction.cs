using System.Text.Json.Serialization;
using Billing.Sandbox.Calls;

namespace Billing.Sandbox.Misbehaving;

/// <summary>What happens to a call, its answer or its notification (docs/sandbox-scenarios.md).</summary>
[JsonConverter(typeof(NamedValueConverter<ScenarioAction>))]
internal enum ScenarioAction
{
    /// <summary>201 with a failed payment.</summary>
    Decline,

    /// <summary>400 in the call's envelope; nothing done.</summary>
    Refuse,

    /// <summary>Nothing done, and no answer.</summary>
    Timeout,
    ActThenTimeout,

    /// <summary>The connection breaks; nothing done.</summary>
    Reset,
    ActThenReset,

    [JsonStringEnumMemberName("error_500")]
    Error500,

    [JsonStringEnumMemberName("act_then_500")]
    ActThen500,
    RateLimited,
    Slow,

    /// <summary>The notification of the outcome is delivered before the call is answered.</summary>
    NotifyFirst,
    PendingThenSuccess,
    PendingThenFailure,
    FailedThenSuccess,

    /// <summary>Done, and answered with truncated JSON.</summary>
    Garbled,

    /// <summary>Done, and answered 200 with a page of HTML.</summary>
    Html,
    WrongAmount,
    UnknownStatus,
    NotFound,

    /// <summary>Done, and answered with the body of another payment of the site.</summary>
    AnotherPayment,

    /// <summary>Done, and answered with a Status of null.</summary>
    NullStatus,

    /// <summary>Done, and answered with the same body twice, one behind the other.</summary>
    AnsweredTwice,

    /// <summary>Done, and answered as if it had been done before: 400 with code 20 or 109.</summary>
    DuplicateCode,
    LoseNotification,
    NotifyTwice,

    /// <summary>Days later.</summary>
    NotifyLate,

    /// <summary>Behind it follows one of the status before it.</summary>
    NotifyReordered,

    /// <summary>It still says the status before.</summary>
    NotifyOld,

    /// <summary>Ahead of it comes one with wrong credentials that says otherwise.</summary>
    NotifyForged,
}
