using System.Security.Cryptography;
using Billing.Api;
using Billing.Bench.Harness;
using Billing.EventStore;
using Npgsql;

namespace Billing.Bench.Appending;

/// <summary>The product's own books in a schema of their own: its events, guards, both views, chain and sealing.</summary>
internal sealed record Ledger(EventStore.EventStore Store, NpgsqlDataSource Source, NpgsqlDataSource Plain, string ConnectionString)
{
    public const string Tenant = "30201";

    /// <param name="connections">At most this many, as configured in production but for the number.</param>
    public static async Task<Ledger> CreateAsync(BenchRun run, int connections)
    {
        var database = await run.DatabaseAsync();
        var pool = new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxPoolSize = connections, MaxAutoPrepare = 200, Options = BillingServices.SessionSettings };
        var (plain, source) = (NpgsqlDataSource.Create(pool), NpgsqlDataSource.Create(BillingServices.AsOurs(pool)));
        await BillingServices.MigrateAsync(BillingServices.Schema(source), default);
        await ExecuteAsync(source, "create table floor (id bigint generated always as identity primary key, at timestamptz not null default now(), what text not null)");

        return new Ledger(new EventStore.EventStore(source, Projections.Of(new Sealer(RandomNumberGenerator.GetBytes(32)))), source, plain, database.ConnectionString);
    }

    /// <summary>The same tables without guards and views: streams, events, chain, sealing.</summary>
    public EventStore.EventStore Bare()
    {
        var whole = Projections.Of(new Sealer(RandomNumberGenerator.GetBytes(32)));
        return new EventStore.EventStore(Source, new EventStoreOptions { Catalog = whole.Catalog, Aggregate = whole.Aggregate, Sealer = whole.Sealer });
    }

    /// <summary>The floor of every append: one row, one commit, prepared, through the same driver and a pool of its kind as it comes, which resets a connection before it is used again.</summary>
    public Task<double> OneRowCommitsAsync(int connections, TimeSpan time) => Load.PerSecondAsync(connections, time, async _ =>
    {
        await ExecuteAsync(Plain, "insert into floor (what) values ($1)", "one row, one commit");
        return 1;
    });

    public static async Task ExecuteAsync(NpgsqlDataSource source, string sql, params object[] parameters)
    {
        await using var command = source.CreateCommand(sql);
        foreach (var value in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.ExecuteNonQueryAsync();
    }

    public async Task<long> CountAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
