namespace Billing.Messaging;

/// <summary>A message to be written in the transaction of the events that cause it.</summary>
/// <param name="Message">A command that the <see cref="HandlerMap"/> knows. Its body holds ids, never personal data.</param>
/// <param name="DueAt">On the business clock; null: at once.</param>
/// <param name="Id">Derived where a repeat must hit the row that is already waiting; null: a new one.</param>
public sealed record Outgoing(object Message, DateTimeOffset? DueAt = null, Guid? Id = null);

/// <summary>What a handler sends. <c>[new SubmitCharge(id)]</c> and <c>[new Outgoing(command, dueAt)]</c> both read as expected.</summary>
public sealed class OutgoingMessages : List<Outgoing>
{
    /// <summary>Adds a message that is due at once, or an <see cref="Outgoing"/> as it is.</summary>
    public void Add(object message) => base.Add(message as Outgoing ?? new Outgoing(message));

    /// <summary>Yields each <see cref="Outgoing"/>.</summary>
    /// <remarks>Typed as object because a collection expression takes its element type from here, and plain commands are elements too.</remarks>
    public new IEnumerator<object> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }
}

/// <summary>What a handler decided, in order. Empty: nothing new to say.</summary>
public sealed class Events : List<object>;
