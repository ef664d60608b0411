using Billing.EventStore.Tests.Specs;
using static Billing.EventStore.Tests.Specs.StoreFixture;

namespace Billing.EventStore.Tests;

public class when_forgetting
{
    [Fact]
    public async Task personal_data_is_gone_and_amounts_dates_and_hashes_stay()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A", bookings: 2);
        const string History = "select version || data::text || timestamp || headers::text from mt_events order by version";
        var before = await it.TextsAsync(History);

        await ForgetAsync(it, key);

        Assert.Equal(before, await it.TextsAsync(History));
        Assert.Equal([new AccountOpened("A", null, null, 5), new Booked("A-1", 100, null), new Booked("A-2", 200, null)],
            (await it.Store.ReadStreamAsync(key, unseal: true)).Select(e => e.Data));
        Assert.Equal("true", await it.TextAsync("select (wrapped_key is null and forgotten_at is not null)::text from stream_keys"));
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    [Fact]
    public async Task later_appends_write_no_personal_field_and_no_new_key()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A");
        await ForgetAsync(it, key);

        await it.AppendAsync(key, new Booked("A-1", 100, "for Ada"), new Moved(new Person("Ada Again", null), DateTimeOffset.UnixEpoch));

        Assert.Equal(["null", "null"], await it.TextsAsync("select coalesce(data -> 'Note', data -> 'Holder') from mt_events where version > 1"));
        Assert.Equal("0", await it.TextAsync("select count(*) from stream_keys where wrapped_key is not null"));
        Assert.Empty((await new Auditor(it.Store).VerifyAsync(null, default)).Differences);
    }

    [Fact]
    public async Task a_writer_who_waited_for_the_forget_writes_no_personal_field_either()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A");
        await using var forgetting = await it.Store.OpenSessionAsync(default);
        forgetting.Forget(await forgetting.FetchForWritingAsync(key, default));
        var waiting = it.AppendAsync(key, new Booked("A-1", 100, "for Ada"));

        await forgetting.CommitAsync(default);
        await waiting;

        Assert.Equal("null", await it.TextAsync("select data -> 'Note' from mt_events where version = 2"));
    }

    [Fact]
    public async Task forgetting_can_be_recorded_in_the_same_commit_and_repeated()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A");
        await ForgetAsync(it, key, new Closed("forgotten"));
        var first = await it.TextAsync("select forgotten_at::text from stream_keys");
        await ForgetAsync(it, key);

        Assert.Equal(2, (await it.Store.AggregateAsync(key))!.Version);
        Assert.Equal(first, await it.TextAsync("select forgotten_at::text from stream_keys"));
    }

    [Fact]
    public async Task a_raw_body_under_the_stream_is_gone_with_it()
    {
        await using var it = await CreateAsync();
        var key = await it.AccountAsync("A");
        var (body, wrapped) = it.Store.Options.Sealer.SealBlob("raw"u8, "7");
        var underStream = await it.Store.WrapUnderStreamAsync(key, wrapped);

        await ForgetAsync(it, key);

        Assert.Null(await it.Store.OpenBlobAsync(key, body, underStream, "7"));
        await Assert.ThrowsAsync<StreamForgottenException>(() => it.Store.WrapUnderStreamAsync(key, wrapped));
    }

    [Fact]
    public async Task a_stream_that_does_not_exist_cannot_be_forgotten()
    {
        await using var it = await CreateAsync();
        await using var session = await it.Store.OpenSessionAsync(default);
        var stream = await session.FetchForWritingAsync(NewKey(), default);

        Assert.Throws<InvalidOperationException>(() => session.Forget(stream));
    }

    private static async Task ForgetAsync(StoreFixture it, StreamKey key, params object[] events)
    {
        await using var session = await it.Store.OpenSessionAsync(default);
        var stream = await session.FetchForWritingAsync(key, default);
        session.Forget(stream);
        session.Append(stream, events, new Metadata(UserName: "operator"));
        await session.CommitAsync(default);
        Assert.True(stream.IsForgotten);
    }
}
