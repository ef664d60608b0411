using Npgsql;

namespace Billing.EventStore;

/// <summary>Writes one table from events, in the transaction that appends them.</summary>
/// <remarks>Every value comes from the event: replaying must give the same rows. Personal data never arrives here (sealed properties are null).</remarks>
public interface IInlineProjection
{
    /// <summary>The table it writes, and the only one.</summary>
    string Name { get; }

    /// <summary>True: may be rebuilt and is compared with replay. False: a guard, such as a reservation, written only on append.</summary>
    bool IsView { get; }

    /// <summary>The not-null column that holds the stream's id, beside tenant_id.</summary>
    string StreamColumn { get; }

    /// <summary>Adds the statements for one event; called per event, in order. Table names are unqualified: audit and rebuild choose the table, so infer conflicts by columns, not by constraint name.</summary>
    void Project(Recorded recorded, NpgsqlBatch batch);
}
