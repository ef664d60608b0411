using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;

namespace Billing.Api.Explanations;

/// <summary>Writes events for readers: without their sealed values, or with those that were opened.</summary>
public static class EventJson
{
    private static readonly JsonSerializerOptions Impersonal = new(StoredEvents.Options)
    {
        TypeInfoResolver = StoredEvents.Resolver.WithAddedModifier(LeaveOutPersonal),
    };

    private static readonly JsonSerializerOptions Personal = WithOpened();

    /// <param name="withPersonal">Also writes the personal values that were opened.</param>
    public static JsonElement Of(PreapprovalEvent @event, bool withPersonal = false) =>
        JsonSerializer.SerializeToElement(@event, @event.GetType(), withPersonal ? Personal : Impersonal);

    private static void LeaveOutPersonal(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(property => IsPersonal(property.PropertyType)))
        {
            property.ShouldSerialize = (_, _) => false;
        }
    }

    private static bool IsPersonal(Type type) =>
        typeof(ISealed).IsAssignableFrom(type) || type == typeof(MandatePersonal);

    private static JsonSerializerOptions WithOpened()
    {
        var options = new JsonSerializerOptions(StoredEvents.Options);
        options.Converters.Insert(0, new OpenedValues());

        return options;
    }

    private sealed class OpenedValues : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) => typeof(ISealed).IsAssignableFrom(typeToConvert);

        public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
            (JsonConverter)Activator.CreateInstance(
                typeof(OpenedValue<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;
    }

    private sealed class OpenedValue<T> : JsonConverter<Sealed<T>>
        where T : class
    {
        public override Sealed<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, Sealed<T> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.Value, options);
    }
}
