using System.Text.Json.Serialization;

namespace Billing.Sandbox;

/// <summary>What a rule does to the call that it matches.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ScenarioAction>))]
internal enum ScenarioAction
{
    /// <summary>201 with a failed payment.</summary>
    [JsonStringEnumMemberName("decline")]
    Decline,

    /// <summary>400 in the call's envelope; nothing done.</summary>
    [JsonStringEnumMemberName("refuse")]
    Refuse,

    /// <summary>Nothing done, and no answer.</summary>
    [JsonStringEnumMemberName("timeout")]
    Timeout,

    [JsonStringEnumMemberName("act_then_timeout")]
    ActThenTimeout,

    /// <summary>The connection breaks; nothing done.</summary>
    [JsonStringEnumMemberName("reset")]
    Reset,

    [JsonStringEnumMemberName("act_then_reset")]
    ActThenReset,

    [JsonStringEnumMemberName("error_500")]
    Error500,

    [JsonStringEnumMemberName("act_then_500")]
    ActThen500,

    [JsonStringEnumMemberName("rate_limited")]
    RateLimited,

    [JsonStringEnumMemberName("slow")]
    Slow,

    /// <summary>The notification of the outcome is delivered before the call is answered.</summary>
    [JsonStringEnumMemberName("notify_first")]
    NotifyFirst,

    [JsonStringEnumMemberName("pending_then_success")]
    PendingThenSuccess,

    [JsonStringEnumMemberName("pending_then_failure")]
    PendingThenFailure,

    [JsonStringEnumMemberName("failed_then_success")]
    FailedThenSuccess,

    /// <summary>Done, and answered with truncated JSON.</summary>
    [JsonStringEnumMemberName("garbled")]
    Garbled,

    /// <summary>Done, and answered 200 with a page of HTML.</summary>
    [JsonStringEnumMemberName("html")]
    Html,

    [JsonStringEnumMemberName("wrong_amount")]
    WrongAmount,

    [JsonStringEnumMemberName("unknown_status")]
    UnknownStatus,

    [JsonStringEnumMemberName("not_found")]
    NotFound,

    [JsonStringEnumMemberName("lose_notification")]
    LoseNotification,

    [JsonStringEnumMemberName("notify_twice")]
    NotifyTwice,
}
