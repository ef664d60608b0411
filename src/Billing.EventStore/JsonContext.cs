using System.Text.Json.Serialization;

namespace Billing.EventStore;

[JsonSerializable(typeof(string))]
internal sealed partial class JsonContext : JsonSerializerContext;
