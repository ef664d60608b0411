using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Billing.EventStore;

/// <summary>One stored kind of event.</summary>
/// <param name="Name">The stored name, snake_case; never renamed.</param>
/// <param name="ClrType">The record it is read into; its name goes to mt_dotnet_type as Marten writes it.</param>
/// <param name="Json">How the record is written as a JSON object.</param>
/// <param name="Sealed">Top-level JSON properties that hold personal data. Null stays null; forgotten ones are read as null.</param>
public sealed record EventType(string Name, Type ClrType, JsonTypeInfo Json, params string[] Sealed);

/// <summary>Reads rows of an old stored name as the next one. Steps are chained.</summary>
/// <param name="From">The old stored name.</param>
/// <param name="To">The stored name whose JSON <paramref name="Up"/> yields: a current event or the next step's old name.</param>
/// <param name="Up">Transforms the JSON object; sealed properties are already opened or null.</param>
/// <param name="Sealed">Properties that only the old name sealed; those of the event it ends in are known.</param>
public sealed record Upcaster(string From, string To, Func<JsonObject, JsonObject> Up, params string[] Sealed);
