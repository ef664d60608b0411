using Billing.EventStore;

namespace Billing.Messaging;

/// <summary>The tables of this project, for the migrator.</summary>
public static class MessagingSchema
{
    public static IReadOnlyList<SchemaScript> Scripts { get; } = SchemaScript.EmbeddedIn(typeof(MessagingSchema).Assembly, "messaging");
}
