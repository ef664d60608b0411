using System.Text.Json.Serialization;

namespace Billing.Sandbox.Notifying;

/// <summary>One body for one site's NotificationURL, and every attempt to deliver it.</summary>
internal sealed class Notification
{
    private readonly TaskCompletionSource acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public required int Id { get; init; }
    public required int SiteId { get; init; }

    /// <summary>Preapproval or Payment: the root key of the body.</summary>
    public required string Kind { get; init; }
    public required int ObjectId { get; init; }
    public string? MerchantId { get; init; }
    public required int StatusId { get; init; }
    public required DateTimeOffset Created { get; init; }
    public required byte[] Body { get; init; }

    /// <summary>Shows credentials that are not the site's. Tried once.</summary>
    public bool IsForged { get; init; }

    /// <summary>Waits for the first attempt of that one; 0: for none.</summary>
    public int AfterId { get; init; }
    public List<DeliveryAttempt> Attempts { get; init; } = [];
    public NotificationState State { get; set; }

    /// <summary>Attempts since it was made or sent again: what the gap to the next one depends on.</summary>
    public int Tries { get; set; }

    /// <summary>When the sandbox clock lets it be tried again; null while that is a matter of real seconds.</summary>
    public DateTimeOffset? Due { get; set; }

    [JsonIgnore]
    public Task Acknowledged => acknowledged.Task;

    public void Acknowledge()
    {
        State = NotificationState.Acknowledged;
        acknowledged.TrySetResult();
    }
}

/// <summary>One POST and its end: a status code, "timeout", or what the network said. In real time.</summary>
internal sealed record DeliveryAttempt(DateTimeOffset At, string Answer);

[JsonConverter(typeof(JsonStringEnumConverter<NotificationState>))]
internal enum NotificationState
{
    Waiting,
    Acknowledged,
    GivenUp,

    /// <summary>Never sent, by order of a scenario.</summary>
    Lost,
}
