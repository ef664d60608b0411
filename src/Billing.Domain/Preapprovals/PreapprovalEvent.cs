using System.Text.Json.Serialization;

namespace Billing.Domain.Preapprovals;

// Events are the storage format. Renaming one, or a property of it, rewrites history: add a new event or an upcaster
// instead.

/// <summary>Something that happened to one preapproval.</summary>
public abstract record PreapprovalEvent(Guid PreapprovalId)
{
    /// <summary>Business time.</summary>
    public abstract DateTimeOffset HappenedAt { get; init; }

    /// <summary>
    /// The personal values with their stable snake_case names, which are part of what they are sealed with.
    /// </summary>
    [JsonIgnore]
    public IEnumerable<(string Field, ISealed? Value)> SealedFields => Sealed();

    protected virtual IEnumerable<(string Field, ISealed? Value)> Sealed() => [];
}

/// <summary>An event about one charge.</summary>
public interface IChargeEvent
{
    ChargeId Charge { get; }
}

/// <summary>An event that is committed before the gateway is called.</summary>
public interface IIntentEvent
{
    /// <summary>Real clock: nothing was sent under this intent before it, and nothing is begun 30 s after it.</summary>
    DateTimeOffset WindowStart { get; }
}

/// <summary>How a fact reached us.</summary>
public enum LearntFrom
{
    Answer,
    Notification,
    LookUp,
    Operator,
}
