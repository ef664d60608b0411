using System.Text;
using Billing.EventStore.Tests.Specs;
using static Billing.EventStore.Tests.Specs.StoreFixture;

namespace Billing.EventStore.Tests;

public class when_sealing
{
    [Fact]
    public async Task no_personal_text_stands_in_the_table_and_the_rest_does()
    {
        await using var it = await CreateAsync();
        await it.AccountAsync("A-reference", bookings: 1);

        var rows = string.Concat(await it.TextsAsync("select data::text || coalesce(headers::text, '') from mt_events"));

        Assert.All(["Ada", "Example", "+351", "ada@", "roof"], personal => Assert.DoesNotContain(personal, rows, StringComparison.Ordinal));
        Assert.Contains("A-reference", rows, StringComparison.Ordinal);
        Assert.Contains("\"Holder\": \"sealed:1:", rows, StringComparison.Ordinal);
    }

    [Fact]
    public async Task sealed_properties_are_null_until_they_are_asked_for()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A", bookings: 2);

        var closed = await it.Store.ReadStreamAsync(key);
        var open = await it.Store.ReadStreamAsync(key, unseal: true);

        Assert.Equal([new AccountOpened("A", null, null, 5), new Booked("A-1", 100, null), new Booked("A-2", 200, null)], closed.Select(e => e.Data));
        Assert.Equal([Opened("A"), new Booked("A-1", 100, "for the roof"), new Booked("A-2", 200, null)], open.Select(e => e.Data));
        Assert.Equal("Ada Example", ((Account)(await it.Store.AggregateManyAsync([key], unseal: true, default))[key].State).HolderName);
        Assert.Equal("null", await it.TextAsync("select data -> 'Note' from mt_events where version = 3"));
    }

    [Fact]
    public async Task text_that_looks_sealed_is_text()
    {
        await using var it = await CreateAsync();
        var key = await it.AppendAsync(NewKey(), new AccountOpened("sealed:1:AAAA", null, "sealed:1:BBBB", 0), new Closed("sealed:1:"));

        var events = await it.Store.ReadStreamAsync(key, unseal: true);

        Assert.Equal([new AccountOpened("sealed:1:AAAA", null, "sealed:1:BBBB", 0), new Closed("sealed:1:")], events.Select(e => e.Data));
    }

    [Fact]
    public async Task a_sealed_value_moved_to_another_event_does_not_open()
    {
        await using var it = await CreateAsync();
        var key = await it.AppendAsync(NewKey(), Opened("A"), new Moved(new Person("Grace Example", null), DateTimeOffset.UnixEpoch));
        await it.ExecuteAsync(
            "update mt_events set data = jsonb_set(data, '{Holder}', (select data -> 'Holder' from mt_events where version = 1)) where version = 2");

        var error = await Assert.ThrowsAsync<SealException>(() => it.Store.ReadStreamAsync(key, unseal: true));

        Assert.Contains($"Holder of event 2 of stream {key}", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, (await it.Store.ReadStreamAsync(key)).Count);
    }

    [Fact]
    public async Task a_sealed_value_moved_to_another_property_does_not_open()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A");
        await it.ExecuteAsync("update mt_events set data = jsonb_set(data, '{Email}', data -> 'Holder')");

        await Assert.ThrowsAsync<SealException>(() => it.Store.ReadStreamAsync(key, unseal: true));
    }

    [Fact]
    public async Task a_key_moved_to_another_stream_does_not_open()
    {
        await using var it = await CreateAsync();
        var (mine, other) = (await it.AccountAsync("A"), await it.AccountAsync("B"));
        await it.ExecuteAsync(
            "update stream_keys set wrapped_key = (select wrapped_key from stream_keys where stream_id = $1) where stream_id = $2", mine.Id, other.Id);

        await Assert.ThrowsAsync<SealException>(() => it.Store.ReadStreamAsync(other, unseal: true));
    }

    [Fact]
    public async Task sealed_data_moved_to_another_stream_with_its_event_id_and_key_does_not_open()
    {
        await using var it = await CreateAsync();
        var (mine, other) = (await it.AccountAsync("A"), await it.AccountAsync("B"));
        await it.ExecuteAsync("update mt_events set stream_id = $1 where stream_id = $2", NewKey().Id, other.Id);
        await it.ExecuteAsync("update mt_events set stream_id = $1 where stream_id = $2", other.Id, mine.Id);

        await Assert.ThrowsAsync<SealException>(() => it.Store.ReadStreamAsync(other, unseal: true));
    }

    [Fact]
    public async Task a_lost_key_is_an_error_and_not_forgotten()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A");
        await it.ExecuteAsync("delete from stream_keys");

        await Assert.ThrowsAsync<SealException>(() => it.Store.ReadStreamAsync(key, unseal: true));
    }

    [Fact]
    public async Task another_master_key_opens_nothing()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A");
        var stranger = StoreOn(it.Database.DataSource, new byte[32]);

        await Assert.ThrowsAsync<SealException>(() => stranger.ReadStreamAsync(key, unseal: true));
        Assert.Throws<ArgumentException>(() => new Sealer(new byte[31]));
    }

    [Fact]
    public async Task a_raw_body_opens_under_the_master_key_and_then_under_its_stream()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A");
        var plain = Encoding.UTF8.GetBytes("{\"Customer\": \"Ada\"}");
        var (body, wrapped) = it.Store.Options.Sealer.SealBlob(plain, "notification 7");

        Assert.Equal(plain, it.Store.Options.Sealer.OpenBlob(body, wrapped, "notification 7"));
        var underStream = await it.Store.WrapUnderStreamAsync(key, wrapped);

        Assert.Equal(plain, await it.Store.OpenBlobAsync(null, body, wrapped, "notification 7"));
        Assert.Equal(plain, await it.Store.OpenBlobAsync(key, body, underStream, "notification 7"));
        await Assert.ThrowsAsync<SealException>(() => it.Store.OpenBlobAsync(key, body, underStream, "notification 8"));
        await Assert.ThrowsAsync<SealException>(() => it.Store.OpenBlobAsync(null, body, underStream, "notification 7"));
        body[^1] ^= 1;
        await Assert.ThrowsAsync<SealException>(() => it.Store.OpenBlobAsync(key, body, underStream, "notification 7"));
    }
}
