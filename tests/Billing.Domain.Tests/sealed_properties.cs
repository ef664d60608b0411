using System.Collections;
using System.Reflection;
using Billing.Domain.Preapprovals;

namespace Billing.Domain.Tests;

// What may identify a person is sealed under the stream's own key, so that destroying the key forgets the person.
[Keeps(Promise.HistoryIsProvenAndPeopleAreForgotten)]
public class sealed_properties
{
    // Texts that stay readable for ever, each with the reason why they cannot name a person.
    private static readonly Dictionary<string, string> Readable = new()
    {
        ["MerchantPreapprovalId"] = "the merchant's id of the preapproval",
        ["MerchantTransactionId"] = "the merchant's id of the payment, or ours",
        ["FirstCharge"] = "a MerchantTransactionID",
        ["SecondCharge"] = "a MerchantTransactionID",
        ["BlockedBy"] = "a MerchantTransactionID",
        ["RefundReference"] = "a MerchantTransactionID",
        ["Terms.Description"] = "the product, shown to every subscriber of it",
        ["Schedule.TimeZone"] = "an id of the tz database",
        ["Currency"] = "ISO 4217",
        ["Country"] = "ISO 3166; methods need it to charge",
        ["ExecutionDate"] = "a date in digits",
        ["Created"] = "fourteen digits",
        ["NotifiedAt"] = "fourteen digits",
        ["StatusInfo"] = "the gateway's word for a status",
        ["Frequency"] = "the gateway's word for a period",
        ["Code"] = "a return code",
        ["Reason"] = "a word of ours",
        ["Symptom"] = "a word of ours",
        ["Cause"] = "a word of ours",
        ["Owner"] = "a role",
        ["By"] = "the operator's account, kept for the audit",
        ["Fields[]"] = "names of fields",
        ["PersonalParts[]"] = "names of fields",
    };

    public static TheoryData<string> Names => [.. StoredEvents.All.Select(stored => stored.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void are_all_texts_but_those_that_cannot_name_a_person(string name)
    {
        var type = StoredEvents.All.Single(stored => stored.Name == name).ClrType;

        Assert.All(Texts(type, ""), path => Assert.True(
            Readable.Keys.Any(known => path == known || path.EndsWith("." + known, StringComparison.Ordinal)),
            $"{name}.{path} is neither sealed nor on the list of readable texts."));
    }

    [Fact]
    public void the_list_of_readable_texts_holds_no_more_than_there_are()
    {
        var all = StoredEvents.All.SelectMany(stored => Texts(stored.ClrType, "")).ToHashSet();

        Assert.All(
            Readable.Keys,
            known => Assert.Contains(
                all, path => path == known || path.EndsWith("." + known, StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void are_named_one_by_one_under_stable_names(string name)
    {
        var @event = stored_events.Example(name);
        var named = @event.SealedFields.Select(field => field.Value).ToList();

        Assert.All(@event.SealedFields, field => Assert.Matches("^[a-z_]+$", field.Field));
        Assert.Equal(named.Count, @event.SealedFields.Select(field => field.Field).Distinct().Count());
        Assert.Equal(
            SealedIn(@event).ToHashSet(ReferenceEqualityComparer.Instance),
            named.OfType<object>().ToHashSet(ReferenceEqualityComparer.Instance));
    }

    [Fact]
    public void are_never_written_unsealed()
    {
        var refused = new PreapprovalRefused(Guid.Empty, "109", Sealed<string>.Of("Ana"), default);

        Assert.Throws<InvalidOperationException>(
            () => System.Text.Json.JsonSerializer.Serialize(refused, StoredEvents.Options));
    }

    // Paths of texts in a record and the records in it; a sealed value is none.
    private static IEnumerable<string> Texts(Type type, string path)
    {
        if (type == typeof(string))
        {
            return [path];
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            return Texts(type.GetGenericArguments()[0], path + "[]");
        }

        var plain = Nullable.GetUnderlyingType(type) ?? type;

        return IsSealed(plain)
            || plain.Namespace?.StartsWith("Billing.", StringComparison.Ordinal) is not true || plain.IsEnum
            ? []
            : Properties(plain).SelectMany(
                property => Texts(property.PropertyType, path.Length == 0 ? property.Name : $"{path}.{property.Name}"));
    }

    private static IEnumerable<object> SealedIn(object? value) => value switch
    {
        null or string => [],
        ISealed sealedValue => [sealedValue],
        IEnumerable many => many.Cast<object?>().SelectMany(SealedIn),
        _ when value.GetType().Namespace?.StartsWith("Billing.", StringComparison.Ordinal) is true
            && !value.GetType().IsEnum =>
            Properties(value.GetType()).SelectMany(property => SealedIn(property.GetValue(value))),
        _ => [],
    };

    private static bool IsSealed(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Sealed<>);

    private static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite);
}
