using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Billing.EventStore.Tests.Specs;

// A small aggregate, so that the store is tested without the product.

public sealed record Person(string Name, string? Phone);

public sealed record AccountOpened(string Reference, Person? Holder, string? Email, int Limit);

public sealed record Booked(string Reference, long AmountMinor, string? Note);

public sealed record Moved(Person? Holder, DateTimeOffset MovedAt);

public sealed record Closed(string Reason);

/// <summary>Never fits any stream: folding it throws.</summary>
public sealed record Impossible(string Why);

/// <summary>Any JSON at all, for the property tests of jsonb text.</summary>
public sealed record Anything(JsonElement Value, Dictionary<string, string> Texts, double Number, decimal Amount);

public sealed record Account(string Reference, string? HolderName, int Bookings, long TotalMinor, bool IsClosed)
{
    public static object Evolve(object? state, object @event) => (state, @event) switch
    {
        (null, AccountOpened e) => new Account(e.Reference, e.Holder?.Name, 0, 0, false),
        (Account a, Booked e) => a with { Bookings = a.Bookings + 1, TotalMinor = a.TotalMinor + e.AmountMinor },
        (Account a, Moved e) => a with { HolderName = e.Holder?.Name ?? a.HolderName },
        (Account a, Closed) => a with { IsClosed = true },
        (_, Anything) => state ?? new Account("anything", null, 0, 0, false),
        _ => throw new InvalidOperationException($"{@event.GetType().Name} cannot follow {state?.GetType().Name ?? "nothing"}."),
    };
}

[JsonSerializable(typeof(AccountOpened))]
[JsonSerializable(typeof(Booked))]
[JsonSerializable(typeof(Moved))]
[JsonSerializable(typeof(Closed))]
[JsonSerializable(typeof(Impossible))]
[JsonSerializable(typeof(Anything))]
internal sealed partial class LedgerJson : JsonSerializerContext;

internal static class Ledger
{
    public static readonly AggregateType Aggregate = new("account", Account.Evolve);

    public static readonly EventType[] Types =
    [
        Of("account_opened", LedgerJson.Default.AccountOpened, "Holder", "Email"),
        Of("booked", LedgerJson.Default.Booked, "Note"),
        Of("moved", LedgerJson.Default.Moved, "Holder"),
        Of("closed", LedgerJson.Default.Closed),
        Of("impossible", LedgerJson.Default.Impossible),
        Of("anything", LedgerJson.Default.Anything),
    ];

    // v0 called the amount Cents and sealed its Remark; v1 only renamed the amount.
    public static readonly Upcaster[] Upcasters =
    [
        new("booked_v0", "booked_v1", Renamed("Cents", "AmountMinor"), "Remark"),
        new("booked_v1", "booked", Renamed("Remark", "Note")),
    ];

    public static EventCatalog Catalog() => new(Types, Upcasters);

    private static EventType Of<T>(string name, JsonTypeInfo<T> json, params string[] @sealed) => new(name, typeof(T), json, @sealed);

    private static Func<JsonObject, JsonObject> Renamed(string from, string to) => json =>
    {
        var value = json[from];
        json.Remove(from);
        json[to] = value;
        return json;
    };
}
