namespace Billing.EventStore;

/// <summary>A view was not rebuilt and stands as before; the message says why.</summary>
public sealed class RebuildException(string message) : Exception(message);
