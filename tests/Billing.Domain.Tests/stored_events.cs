using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using Billing.Domain.Tests.Specs;

namespace Billing.Domain.Tests;

// The storage format, held still: rows written years ago must read, and read the same. A golden file is never edited,
// except that an event that was never stored may still change; afterwards a changed shape is a new event (_v2) with an
// upcaster.
[Keeps(Promise.HistoryIsProvenAndPeopleAreForgotten)]
public class stored_events
{
    private static readonly string Golden = Path.Combine(Repository.Root, "tests", "Billing.Domain.Tests", "Golden");
    private static readonly NullabilityInfoContext Nullability = new();

    // Properties that events got after they were first stored, by record: the first golden files do not have them, and
    // further ones in Golden/Extended do.
    private static readonly HashSet<(Type, string)> AddedLater =
    [
        (typeof(Schedule), nameof(Schedule.AfterRetries)), (typeof(ScheduleTerms), nameof(ScheduleTerms.AfterRetries)),
        (typeof(CloseRequested), nameof(CloseRequested.Reason)),
    ];

    private static IEnumerable<string> ExtendedNames =>
        Directory.GetFiles(Path.Combine(Golden, "Extended")).Select(file => Path.GetFileNameWithoutExtension(file));

    public static TheoryData<string> Extended => [.. ExtendedNames];

    public static TheoryData<string> Names => [.. StoredEvents.All.Select(stored => stored.Name)];

    [Fact]
    public void each_has_a_golden_file_and_each_golden_file_has_an_event() =>
        Assert.Equal(
            StoredEvents.All.Select(stored => stored.Name).Order(StringComparer.Ordinal),
            Directory.GetFiles(Golden).Select(Path.GetFileName).Select(file => file![..^".json".Length])
                .Order(StringComparer.Ordinal));

    [Fact]
    public void every_kind_of_event_is_stored_once()
    {
        var kinds = typeof(PreapprovalEvent).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(PreapprovalEvent)) && !type.IsAbstract);

        Assert.Equal(
            kinds.Select(type => type.Name).Order(), StoredEvents.All.Select(stored => stored.ClrType.Name).Order());
    }

    [Fact]
    public void names_are_unique_and_snake_case()
    {
        Assert.Equal(StoredEvents.All.Count, StoredEvents.All.Select(stored => stored.Name).Distinct().Count());
        Assert.All(StoredEvents.All, stored => Assert.Matches(new Regex(@"\A[a-z]+(_[a-z0-9]+)*\z"), stored.Name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void the_golden_file_deserializes_and_serializes_back_to_the_same_text(string name)
    {
        var text = Text(name);

        Assert.Equal(
            text, JsonSerializer.Serialize(JsonSerializer.Deserialize(text, Stored(name).Json), Stored(name).Json));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void the_golden_file_leaves_nothing_out(string name) =>
        AssertFilled(JsonNode.Parse(Text(name))!, Stored(name).ClrType, name);

    [Theory]
    [MemberData(nameof(Extended))]
    public void what_was_added_later_is_read_and_written_in_its_place(string name)
    {
        var (text, json) = (Text(Path.Combine("Extended", name)), Stored(name).Json);

        Assert.Equal(text, JsonSerializer.Serialize(JsonSerializer.Deserialize(text, json), json));
        AssertFilled(JsonNode.Parse(text)!, Stored(name).ClrType, name, isExtended: true);
    }

    [Fact]
    public void every_event_with_something_that_was_added_later_has_a_further_golden_file() =>
        Assert.Equal(
            StoredEvents.All.Where(stored => HoldsLater(stored.ClrType)).Select(stored => stored.Name).Order(),
            ExtendedNames.Order());

    [Theory]
    [MemberData(nameof(Names))]
    public void what_may_be_absent_reads_as_null_and_stays_absent(string name)
    {
        var least = JsonNode.Parse(Text(name))!;
        DropOptional(least, Stored(name).ClrType);

        var read = JsonSerializer.Deserialize(least.ToJsonString(), Stored(name).Json);

        Assert.Equal(
            least.ToJsonString(), JsonNode.Parse(JsonSerializer.Serialize(read, Stored(name).Json))!.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void every_kind_can_be_folded(string name)
    {
        var @event = (PreapprovalEvent)JsonSerializer.Deserialize(Text(name), Stored(name).Json)!;
        var begun = @event is PreapprovalRequested or RecoveredFromGateway ? null : Begun(@event);

        Assert.Equal(@event.PreapprovalId, Preapproval.Fold(begun, @event).Id);
    }

    [Fact]
    public void a_stream_begins_once_and_only_with_its_first_event()
    {
        Assert.Throws<InvalidOperationException>(() => Preapproval.Fold(null, A.Opened()));
        Assert.Throws<InvalidOperationException>(
            () => Preapproval.Fold(Preapproval.Fold(null, A.Requested()), A.Requested()));
    }

    /// <summary>The event that the golden file holds.</summary>
    public static PreapprovalEvent Example(string name) =>
        (PreapprovalEvent)JsonSerializer.Deserialize(Text(name), Stored(name).Json)!;

    private static StoredEvent Stored(string name) => StoredEvents.All.Single(stored => stored.Name == name);

    private static string Text(string name) => File.ReadAllText(Path.Combine(Golden, name + ".json")).TrimEnd('\n');

    private static Preapproval Begun(PreapprovalEvent @event)
    {
        var state = A.Open.Aggregate((Preapproval?)null, Preapproval.Fold)!;
        var charge =
            @event is IFirstChargeEvent ? null : @event.GetType().GetProperty("Charge")?.GetValue(@event) as ChargeId;

        return charge is null ? state : Preapproval.Fold(state, A.Sent(A.March) with { Charge = charge });
    }

    private static void AssertFilled(JsonNode node, Type type, string path, bool isExtended = false)
    {
        if (node is JsonArray items)
        {
            Assert.NotEmpty(items);
            Assert.All(items, item => AssertFilled(item!, type.GetGenericArguments()[0], path + "[]", isExtended));
        }
        else if (node is JsonObject @object)
        {
            PropertyInfo[] expected =
                [.. Properties(type).Where(property => isExtended || !AddedLater.Contains(KeyOf(property)))];
            Assert.Equal(
                expected.Select(property => property.Name).Order(), @object.Select(member => member.Key).Order());
            Assert.All(
                expected, property => AssertFilled(
                    @object[property.Name]!, property.PropertyType, $"{path}.{property.Name}", isExtended));
        }
        else
        {
            var isWord = (Nullable.GetUnderlyingType(type) ?? type) is { } plain && !plain.IsPrimitive;
            var expected = type == typeof(bool) ? JsonValueKind.True
                : isWord ? JsonValueKind.String
                : JsonValueKind.Number;
            Assert.True(node?.GetValueKind() == expected, path);
        }
    }

    private static void DropOptional(JsonNode? node, Type type)
    {
        foreach (var property in node is JsonObject ? Properties(type) : [])
        {
            if (Nullability.Create(property).ReadState is NullabilityState.Nullable)
            {
                ((JsonObject)node!).Remove(property.Name);
            }
            else
            {
                DropOptional(node![property.Name], property.PropertyType);
            }
        }
    }

    private static (Type, string) KeyOf(PropertyInfo property) => (property.DeclaringType!, property.Name);

    private static bool HoldsLater(Type type) => Properties(type).Any(property =>
        AddedLater.Contains(KeyOf(property))
        || (property.PropertyType.Namespace?.StartsWith("Billing.", StringComparison.Ordinal) is true
            && !property.PropertyType.IsEnum && HoldsLater(property.PropertyType)));

    private static PropertyInfo[] Properties(Type type) =>
        [.. (Nullable.GetUnderlyingType(type) ?? type).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite)];
}
