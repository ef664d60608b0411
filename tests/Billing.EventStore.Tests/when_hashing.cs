using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Billing.EventStore.Tests.Specs;
using static Billing.EventStore.Tests.Specs.StoreFixture;

namespace Billing.EventStore.Tests;

public class when_hashing
{
    private static readonly JsonArray Vectors = JsonNode.Parse(Text("hash_chain.json"))!.AsArray();

    [Fact]
    public void the_checked_in_vectors_hold() =>
        Assert.All(Vectors, vector => Assert.Equal((string?)vector!["hash"], HashChain.Hash(Stored(vector), (string?)vector["previous"])));

    [Fact]
    public async Task postgresql_recomputes_the_checked_in_vectors_from_the_tables_alone()
    {
        await using var it = await CreateAsync();
        foreach (var vector in Vectors)
        {
            var stored = Stored(vector!);
            await it.ExecuteAsync(
                """
                insert into mt_events (id, stream_id, version, data, type, timestamp, tenant_id, correlation_id, causation_id, user_name, headers)
                values ($1, $2, $3, $4::jsonb, $5, $6, $7, $8::varchar, $9::varchar, $10::varchar, $11::jsonb || jsonb_build_object('hash', $12::varchar))
                """,
                stored.EventId, stored.Key.Id, stored.Version, Encoding.UTF8.GetString(stored.Data), stored.Type, stored.Timestamp, stored.Key.Tenant,
                stored.CorrelationId, stored.CausationId, stored.UserName, Encoding.UTF8.GetString(stored.Headers), (string?)vector!["hash"]);
        }

        Assert.Equal(3, Vectors.Count);
        Assert.Empty(await BrokenAsync(it));
    }

    [Fact]
    public async Task what_we_append_is_recomputed_by_postgresql_alone()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("Ação 😀 \u001f\"\\", bookings: 3);
        await it.AccountAsync("B", bookings: 1);

        Assert.Empty(await BrokenAsync(it));
        Assert.Equal("t", await it.TextAsync("select (s.head_hash = decode(e.headers ->> 'hash', 'hex'))::text::char(1) from mt_streams s join mt_events e on e.stream_id = s.id and e.version = s.version where s.id = $1", key.Id));

        await it.ExecuteAsync("update mt_events set user_name = 'somebody else' where stream_id = $1 and version = 2", key.Id);
        Assert.Equal(["2"], await BrokenAsync(it));
    }

    [Fact]
    public void null_differs_from_empty_and_fields_do_not_run_into_each_other()
    {
        var stored = Stored(Vectors[0]!);
        var variants = new[]
        {
            stored,
            stored with { CorrelationId = "" },
            stored with { CausationId = "" },
            stored with { CorrelationId = "ab", CausationId = "c" },
            stored with { CorrelationId = "a", CausationId = "bc" },
        };

        Assert.Equal(variants.Length, variants.Select(v => HashChain.Hash(v, null)).Append(HashChain.Hash(stored, "")).Distinct().Count() - 1);
    }

    private static async Task<List<string?>> BrokenAsync(StoreFixture it)
    {
        await using var connection = await it.Database.DataSource.OpenConnectionAsync();
        var statements = Text("hash_chain.sql").Split("\nselect e.tenant_id", 2);
        await using var batch = new Npgsql.NpgsqlBatch(connection);
        batch.Add(statements[0][statements[0].IndexOf("create", StringComparison.Ordinal)..].Trim().TrimEnd(';'));
        batch.Add("select e.version::text, e.tenant_id" + statements[1].Trim().TrimEnd(';'));
        await using var rows = await batch.ExecuteReaderAsync();
        var broken = new List<string?>();
        while (await rows.ReadAsync())
        {
            broken.Add(rows.GetString(0));
        }

        return broken;
    }

    private static StoredEvent Stored(JsonNode vector) => new(
        new StreamKey((string)vector["tenant"]!, Guid.Parse((string)vector["stream"]!)),
        (long)vector["version"]!,
        Guid.Parse((string)vector["id"]!),
        (string)vector["type"]!,
        Encoding.UTF8.GetBytes((string)vector["data"]!),
        vector["timestamp"]!.Deserialize<DateTimeOffset>(),
        (string?)vector["correlation"],
        (string?)vector["causation"],
        (string?)vector["user"],
        Encoding.UTF8.GetBytes((string)vector["headers"]!),
        (string?)vector["hash"]);

    private static string Text(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors", file));
}
