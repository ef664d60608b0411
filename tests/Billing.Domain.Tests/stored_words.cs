using System.Reflection;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;

namespace Billing.Domain.Tests;

// Enums are stored as words: a member may be added, never renamed and never taken away.
public class stored_words
{
    [Theory]
    [InlineData(typeof(LearntFrom), "Answer Notification LookUp Operator")]
    [InlineData(typeof(ChargeOrigin), "Scheduled Retry OnDemand FoundAtGateway")]
    [InlineData(typeof(MoneyState), "Requested Unknown Stopped Pending Failed Charged")]
    [InlineData(typeof(RefundState), "Requested Unknown Pending Failed Refunded")]
    [InlineData(typeof(ClosedBy), "Merchant Customer")]
    [InlineData(typeof(MandateOperation), "Create Change Close")]
    [InlineData(typeof(MandateOutcome), "Done Failed")]
    [InlineData(typeof(ScheduleUnit), "Day Week Month Year")]
    [InlineData(typeof(CatchUp), "BillAll LatestOnly Skip")]
    [InlineData(typeof(AfterRetries), "Continue Suspend Close")]
    public void a_word_that_was_stored_is_never_renamed(Type words, string stored) =>
        Assert.Equal(stored, string.Join(' ', Enum.GetNames(words)));

    [Fact]
    public void every_enum_in_an_event_is_listed_above()
    {
        var test = typeof(stored_words).GetMethod(nameof(a_word_that_was_stored_is_never_renamed))!;
        var listed = test.GetCustomAttributes<InlineDataAttribute>().SelectMany(data => data.GetData(test))
            .Select(row => (Type)row[0]);

        Assert.Equal(listed.ToHashSet(), StoredEvents.All.SelectMany(stored => EnumsIn(stored.ClrType)).ToHashSet());
    }

    private static IEnumerable<Type> EnumsIn(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        { IsEnum: true } words => [words],
        { IsGenericType: true } list => EnumsIn(list.GetGenericArguments()[0]),
        { Namespace: { } home } record when home.StartsWith("Billing.") =>
            record.GetProperties().SelectMany(property => EnumsIn(property.PropertyType)),
        _ => [],
    };
}
