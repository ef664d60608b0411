using Billing.EventStore.Tests.Specs;
using Npgsql;
using static Billing.EventStore.Tests.Specs.StoreFixture;

namespace Billing.EventStore.Tests;

public class when_a_view_is_swapped
{
    private const string Shape =
        """
        select 'column ' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull from pg_attribute where attrelid = 'bookings'::regclass and attnum > 0
        union all select 'index ' || pg_get_indexdef(indexrelid) || ' ' || coalesce(obj_description(indexrelid), '') from pg_index where indrelid = 'bookings'::regclass
        union all select 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint where conrelid = 'bookings'::regclass
        union all select 'table ' || coalesce(relacl::text, '') || ' ' || coalesce(reloptions::text, '') || ' ' || relowner::text || ' ' || coalesce(obj_description(oid), '') from pg_class where oid = 'bookings'::regclass
        order by 1
        """;

    [Fact]
    public async Task it_has_the_same_names_indexes_rights_settings_and_comments()
    {
        await using var it = await CreateAsync();
        await it.AccountAsync("A", bookings: 2);
        await it.RunAsync(
            """
            alter table bookings set (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02);
            alter table bookings add constraint uq_bookings_recorded unique (tenant_id, recorded_at, reference) deferrable initially deferred;
            create index "ix bookings large" on bookings (tenant_id, amount_minor desc) with (fillfactor = 70) where amount_minor > 100;
            comment on index ix_bookings_account is 'a stream''s own';
            comment on table bookings is 'what was booked';
            grant select on bookings to public;
            """);
        var before = await it.TextsAsync(Shape);
        var oid = await it.TextAsync("select 'bookings'::regclass::oid");

        await new Rebuilder(it.Store).RebuildAsync("bookings", null, default);

        Assert.NotEqual(oid, await it.TextAsync("select 'bookings'::regclass::oid"));
        Assert.Equal(before, await it.TextsAsync(Shape));
        var error = await Assert.ThrowsAsync<PostgresException>(() => it.RunAsync("insert into bookings select * from bookings limit 1"));
        Assert.Equal("pk_bookings", error.ConstraintName);
        await new Rebuilder(it.Store).RebuildAsync("bookings", null, default);
        Assert.Equal(before, await it.TextsAsync(Shape));
    }

    [Fact]
    public async Task statements_that_were_prepared_before_work_on()
    {
        await using var it = await CreateAsync();
        await it.AccountAsync("A", bookings: 2);
        await using var connection = await it.Database.DataSource.OpenConnectionAsync();
        await using var all = new NpgsqlCommand("select * from bookings where tenant_id = $1 order by reference", connection) { Parameters = { new() { Value = Tenant } } };
        await all.PrepareAsync();
        for (var i = 0; i < 8; i++)
        {
            Assert.Equal(2, await CountAsync(all));
        }

        await new Rebuilder(it.Store).RebuildAsync("bookings", null, default);
        await it.AccountAsync("B", bookings: 1);

        Assert.Equal(3, await CountAsync(all));
    }

    [Fact]
    public async Task a_vacuum_of_the_new_table_is_waited_for()
    {
        await using var it = await CreateAsync();
        await it.AccountAsync("A", bookings: 2);
        await using var holder = await it.HolderAsync("bookings");
        var rebuilding = new Rebuilder(it.Store) { LockTimeout = TimeSpan.FromMilliseconds(20) }.RebuildAsync("bookings", null, default);
        await it.UntilAsync("select count(*) > 0 from pg_locks where not granted and relation = 'bookings'::regclass");
        var build = Assert.Single(await it.BuildsAsync())!;
        await using var vacuum = await it.HolderAsync(build, "share update exclusive");
        await holder.DisposeAsync();
        await it.UntilAsync($"select count(*) > 0 from pg_locks where not granted and relation = '{build}'::regclass");
        await Task.WhenAny(rebuilding, it.UntilAsync("select count(*) = 0 from pg_locks where not granted and relation = 'bookings'::regclass"));
        Assert.False(rebuilding.IsCompleted);
        await vacuum.DisposeAsync();

        await rebuilding;
        Assert.Empty(await it.BuildsAsync());
    }

    [Fact]
    public async Task one_that_was_altered_meanwhile_is_not_replaced()
    {
        await using var it = await CreateAsync();
        await it.AccountAsync("A", bookings: 2);
        await using var holder = await it.HolderAsync("bookings");
        var rebuilding = new Rebuilder(it.Store) { LockTimeout = TimeSpan.FromMilliseconds(20) }.RebuildAsync("bookings", null, default);
        await it.UntilAsync("select count(*) > 0 from pg_locks where not granted and relation = 'bookings'::regclass");
        await it.RunAsync("comment on index ix_bookings_account is 'new'");
        await holder.DisposeAsync();

        await Assert.ThrowsAsync<RebuildException>(() => rebuilding);
        Assert.Equal("new", await it.TextAsync("select obj_description('ix_bookings_account'::regclass)"));
        Assert.Empty(await it.BuildsAsync());
    }

    [Theory]
    [InlineData("create view totals as select sum(amount_minor) from bookings", "view totals")]
    [InlineData("create table notes (tenant_id varchar, reference varchar, foreign key (tenant_id, reference) references bookings)", "constraint notes_tenant_id_reference_fkey")]
    [InlineData("create trigger t before update on bookings for each row execute function suppress_redundant_updates_trigger()", "trigger t")]
    public async Task what_a_swap_would_lose_is_named_before_anything_is_built(string hanging, string named)
    {
        await using var it = await CreateAsync();
        await it.RunAsync(hanging);

        var refused = await Assert.ThrowsAsync<RebuildException>(() => new Rebuilder(it.Store).RebuildAsync("bookings", null, default));

        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        Assert.Empty(await it.BuildsAsync());
    }

    private static async Task<int> CountAsync(NpgsqlCommand command)
    {
        await using var rows = await command.ExecuteReaderAsync();
        var count = 0;
        while (await rows.ReadAsync())
        {
            count++;
        }

        return count;
    }
}
