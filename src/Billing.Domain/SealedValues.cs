using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;

namespace Billing.Domain;

/// <summary>Contracts of what is sealed.</summary>
internal static class SealedValues
{
    public static JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)(StoredEventsJson.Default.GetTypeInfo(typeof(T))
        ?? throw new NotSupportedException($"{typeof(T).Name} is not registered as a value that can be sealed."));

    public static JsonConverter ConverterOf(Type type) =>
        type == typeof(string) ? new SealedJsonConverter<string>()
        : type == typeof(Customer) ? new SealedJsonConverter<Customer>()
        : type == typeof(Address) ? new SealedJsonConverter<Address>()
        : type == typeof(RefundPersonal) ? new SealedJsonConverter<RefundPersonal>()
        : type == typeof(IReadOnlyList<Difference>) ? new SealedJsonConverter<IReadOnlyList<Difference>>()
        : throw new NotSupportedException($"{type.Name} is not registered as a value that can be sealed.");
}
