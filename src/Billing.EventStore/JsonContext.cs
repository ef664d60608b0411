using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Billing.EventStore;

[JsonSerializable(typeof(JsonObject))]
internal sealed partial class JsonContext : JsonSerializerContext;
