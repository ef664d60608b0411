using System.Reflection;
using Billing.Domain.Preapprovals;

namespace Billing.Domain.Tests;

// What may identify a person is sealed under the stream's own key, so that destroying the key forgets the person.
public class sealed_properties
{
    private static readonly string[] FreeTexts = ["ReasonText", "Why", "Evidence", "Differences", "MandateReference"];
    private static readonly NullabilityInfoContext Nullability = new();

    public static TheoryData<string> Names => [.. StoredEvents.All.Select(stored => stored.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void are_all_that_may_name_a_person_and_nothing_else(string name)
    {
        var stored = StoredEvents.All.Single(stored => stored.Name == name);

        Assert.Equal(
            stored.ClrType.GetProperties().Where(property => MayNameAPerson(stored.ClrType, property)).Select(property => property.Name).Order(),
            stored.Sealed.Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void may_be_null_because_a_forgotten_person_leaves_them_empty(string name)
    {
        var stored = StoredEvents.All.Single(stored => stored.Name == name);

        Assert.All(stored.Sealed, property => Assert.Equal(NullabilityState.Nullable, Nullability.Create(stored.ClrType.GetProperty(property)!).ReadState));
    }

    [Fact]
    public void hold_every_customer_and_address_there_is() =>
        Assert.All(
            StoredEvents.All.SelectMany(stored => stored.ClrType.GetProperties().Select(property => (stored, property))),
            it => Assert.False(it.property.PropertyType == typeof(Customer) || it.property.PropertyType == typeof(Address), $"{it.stored.Name}.{it.property.Name} stands outside Personal"));

    private static bool MayNameAPerson(Type type, PropertyInfo property) =>
        property.PropertyType == typeof(MandatePersonal)
        || property.PropertyType == typeof(RefundPersonal)
        || FreeTexts.Contains(property.Name)
        || (type == typeof(ChargeRequested) && property.Name is nameof(ChargeRequested.Description))
        || (type == typeof(RefundRequested) && property.Name is nameof(RefundRequested.Description));
}
