using Billing.Testing;
using Npgsql;

namespace Billing.EventStore.Tests;

public class when_migrating
{
    private static readonly IReadOnlyList<SchemaScript> Scripts = SchemaScript.EmbeddedIn(typeof(EventStore).Assembly, "event_store");

    [Fact]
    public async Task scripts_are_applied_once()
    {
        await using var database = await TestDatabase.CreateAsync();
        var migrator = new Migrator(database.DataSource, Scripts);

        Assert.Equal(["event_store/001_events", "event_store/002_log"], await migrator.ApplyAsync(default));
        Assert.Empty(await migrator.ApplyAsync(default));
    }

    [Fact]
    public async Task nodes_that_start_together_apply_each_script_once()
    {
        await using var database = await TestDatabase.CreateAsync();

        var applied = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => new Migrator(database.DataSource, Scripts).ApplyAsync(default))));

        Assert.Equal(["event_store/001_events", "event_store/002_log"], applied.SelectMany(names => names).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task a_script_that_was_changed_after_it_was_applied_is_refused()
    {
        await using var database = await TestDatabase.CreateAsync();
        var script = new SchemaScript("test", 1, "one", "create table one (id int)");
        await new Migrator(database.DataSource, [script]).ApplyAsync(default);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            new Migrator(database.DataSource, [script with { Sql = "create table one (id bigint)" }]).ApplyAsync(default));

        Assert.Contains("test/001_one", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_script_that_fails_leaves_nothing_of_itself()
    {
        await using var database = await TestDatabase.CreateAsync();
        var script = new SchemaScript("test", 1, "one", "create table one (id int); create table two (id nonsense)");

        await Assert.ThrowsAsync<PostgresException>(() => new Migrator(database.DataSource, [script]).ApplyAsync(default));

        Assert.Equal(["test/001_one"], await new Migrator(database.DataSource, [script with { Sql = "create table one (id int)" }]).ApplyAsync(default));
    }

    [Theory]
    [InlineData("create table one (id int)")]
    [InlineData("create table one (id nonsense)")]
    public async Task its_lock_is_given_back_to_a_pool_that_resets_nothing(string sql)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { NoResetOnClose = true });

        var error = await Record.ExceptionAsync(() => new Migrator(source, [new SchemaScript("test", 1, "one", sql)]).ApplyAsync(default));

        Assert.Equal(sql.Contains("nonsense", StringComparison.Ordinal), error is PostgresException);
        await using var locks = database.DataSource.CreateCommand(
            "select count(*) from pg_locks where locktype = 'advisory' and pid in (select pid from pg_stat_activity where application_name = current_setting('application_name'))");
        Assert.Equal(0L, await locks.ExecuteScalarAsync());
    }

    [Fact]
    public async Task a_missing_schema_is_made()
    {
        await using var database = await TestDatabase.CreateAsync();
        await ExecuteAsync(database.DataSource, $"drop schema {database.Schema}");

        await new Migrator(database.DataSource, Scripts).ApplyAsync(default);

        await ExecuteAsync(database.DataSource, $"select seq_id from {database.Schema}.mt_events");
    }

    [Fact]
    public async Task a_database_that_is_not_utf8_is_refused()
    {
        await using var database = await TestDatabase.CreateAsync();
        var name = $"{database.Schema}_ascii";
        await ExecuteAsync(database.DataSource, $"create database {name} encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C' template template0");
        try
        {
            await using var ascii = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Database = name, Pooling = false });

            var error = await Assert.ThrowsAsync<InvalidOperationException>(() => new Migrator(ascii, Scripts).ApplyAsync(default));

            Assert.Contains("SQL_ASCII", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            await ExecuteAsync(database.DataSource, $"drop database {name}");
        }
    }

    [Fact]
    public async Task every_index_says_which_query_needs_it_and_every_constraint_has_a_name_of_ours()
    {
        await using var database = await TestDatabase.CreateAsync();
        await new Migrator(database.DataSource, Scripts).ApplyAsync(default);
        await using var command = database.DataSource.CreateCommand(
            """
            select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
            where c.relnamespace = current_schema()::regnamespace and t.relname <> 'schema_migrations'
                and (obj_description(c.oid) is null or c.relname !~ '^(pk|pkey|ix|uq)_')
            """);

        Assert.Null(await command.ExecuteScalarAsync());
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
