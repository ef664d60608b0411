using Billing.Testing;
using Npgsql;

namespace Billing.EventStore.Tests.Specs;

/// <summary>A store in a schema of its own, on the real server.</summary>
internal sealed class StoreFixture : IAsyncDisposable
{
    public const string Tenant = "30201";
    public static readonly byte[] MasterKey = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private StoreFixture(TestDatabase database, EventStore store) => (Database, Store) = (database, store);

    public TestDatabase Database { get; }

    public EventStore Store { get; }

    public static async Task<StoreFixture> CreateAsync()
    {
        var database = await TestDatabase.CreateAsync();
        await new Migrator(database.DataSource, [.. SchemaScript.EmbeddedIn(typeof(EventStore).Assembly, "event_store"), LedgerSchema.Script]).ApplyAsync(default);
        return new StoreFixture(database, StoreOn(database.DataSource, MasterKey));
    }

    public static EventStore StoreOn(NpgsqlDataSource source, byte[] masterKey, int remembered = 1000) => new(source, new EventStoreOptions
    {
        RememberedStreams = remembered,
        Catalog = Ledger.Catalog(),
        Aggregate = Ledger.Aggregate,
        Sealer = new Sealer(masterKey),
        Guards = [new ReferenceGuard()],
        Views = [new AccountsView(), new BookingsView()],
    });

    public static StreamKey NewKey() => new(Tenant, Guid.CreateVersion7());

    public static AccountOpened Opened(string reference) => new(reference, new Person("Ada Example", "+351 1"), "ada@example.com", 5);

    /// <summary>Appends in a session of its own.</summary>
    public async Task<StreamKey> AppendAsync(StreamKey key, params object[] events)
    {
        await using var session = await Store.OpenSessionAsync(default);
        var stream = await session.FetchForWritingAsync(key, default);
        session.Append(stream, events, new Metadata("conversation", "cause", "tester"));
        await session.CommitAsync(default);
        return key;
    }

    /// <summary>A stream of one opening and some bookings, each its own append.</summary>
    public async Task<StreamKey> AccountAsync(string reference, int bookings = 0)
    {
        var key = await AppendAsync(NewKey(), Opened(reference));
        for (var i = 1; i <= bookings; i++)
        {
            await AppendAsync(key, new Booked($"{reference}-{i}", 100 * i, i == 1 ? "for the roof" : null));
        }

        return key;
    }

    /// <summary>In the order of locks.</summary>
    public async Task<List<StreamKey>> AccountsAsync(int count, int bookings = 0) =>
        [.. (await Task.WhenAll(Enumerable.Range(0, count).Select(n => AccountAsync($"A-{n}", bookings)))).Order()];

    public async Task<int> ExecuteAsync(string sql, params object?[] parameters)
    {
        await using var batch = Database.DataSource.CreateBatch();
        batch.Add(sql, parameters);
        return await batch.ExecuteNonQueryAsync();
    }

    /// <summary>The first column of every row, as PostgreSQL prints it.</summary>
    public async Task<List<string?>> TextsAsync(string sql, params object?[] parameters)
    {
        await using var batch = Database.DataSource.CreateBatch();
        batch.Add(sql, parameters);
        await using var rows = await batch.ExecuteReaderAsync();
        var texts = new List<string?>();
        while (await rows.ReadAsync())
        {
            texts.Add(rows.IsDBNull(0) ? null : Convert.ToString(rows.GetValue(0), System.Globalization.CultureInfo.InvariantCulture));
        }

        return texts;
    }

    public async Task<string?> TextAsync(string sql, params object?[] parameters) => (await TextsAsync(sql, parameters)).Single();

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
