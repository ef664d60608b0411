using System.Net;
using System.Net.Http.Json;
using Billing.Api.Notifying;
using Billing.Api.Tests.Specs;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Notifying;

[Collection(NotifyingHouse.Name)]
public class when_many_come_at_once(BelievingWorld house)
{
    private readonly World world = house.World;

    [Fact]
    public async Task each_204_is_durable_and_one_that_cannot_be_written_fails_alone()
    {
        var burst = $"burst-{Guid.NewGuid():N}";
        await world.AskBooksAsync<object>(
            """
            create function refuse_poison() returns trigger language plpgsql as
            'begin if new.headers ->> ''x-burst'' like ''%poison'' then raise exception ''poison''; end if; return new; end'
            """);
        await world.AskBooksAsync<object>("create trigger refuse_poison before insert on notifications for each row execute function refuse_poison()");

        try
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(n => PostAsync($"{burst} {n}{(n == 137 ? " poison" : "")}")));

            Assert.Equal(HttpStatusCode.InternalServerError, answers[137]);
            Assert.All(answers.Where((_, n) => n != 137), status => Assert.Equal(HttpStatusCode.NoContent, status));
        }
        finally
        {
            await world.AskBooksAsync<object>("drop function refuse_poison cascade");
        }

        Assert.Equal(299, await world.AskBooksAsync<long>("select count(distinct headers ->> 'x-burst') from notifications where headers ->> 'x-burst' like $1", $"{burst}%"));
        Assert.Equal(299, await world.AskBooksAsync<long>("select count(*) from notifications where headers ->> 'x-burst' like $1", $"{burst}%"));
        await world.UntilIdle();
        Assert.Equal(299, await world.AskBooksAsync<long>("select count(*) from notifications where headers ->> 'x-burst' like $1 and status = 'parked'", $"{burst}%"));
    }

    [Fact]
    public async Task too_many_are_sent_away_for_a_moment_and_those_that_wait_are_kept()
    {
        await world.UntilIdle();
        var intake = world.Services.GetRequiredService<NotificationIntake>();
        var before = await world.AskBooksAsync<long>("select count(*) from notifications");
        List<Task<bool>> waiting;

        await using (var stuck = await world.Books.OpenConnectionAsync())
        await using (var locking = await stuck.BeginTransactionAsync())
        {
            await using (var command = stuck.CreateCommand())
            {
                command.CommandText = "lock table notifications in share mode";
                await command.ExecuteNonQueryAsync();
            }

            waiting = [.. Enumerable.Range(0, NotificationIntake.MostWaiting).Select(_ => intake.KeepAsync("30201", "{\"Payout\":{}}"u8.ToArray(), "{}"))];
            Assert.True(intake.IsFull);
            Assert.False(await intake.KeepAsync("30201", "{\"Payout\":{}}"u8.ToArray(), "{}"));

            using var answer = await world.Gateway.PostAsJsonAsync("v1/notifications", Notified.Payment("full", 2));
            Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(1)), (answer.StatusCode, answer.Headers.RetryAfter!.Delta));
        }

        Assert.All(await Task.WhenAll(waiting), Assert.True);
        Assert.False(intake.IsFull);
        Assert.Equal(before + NotificationIntake.MostWaiting, await world.AskBooksAsync<long>("select count(*) from notifications"));

        // Nobody needs them read: those that no handler has in hand yet go unread.
        await world.AskBooksAsync<object>("delete from messages where token is null and stream_id in (select id from notifications where headers = '{}')");
        await world.UntilIdle();
        await world.AskBooksAsync<object>("delete from notifications where headers = '{}'");
    }

    // What waits is handed on again until the row says what became of it: one reading may find that the other was applied a moment before.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task what_is_read_twice_at_once_and_applied_by_one_of_them_stands_as_applied(bool appliedFirst)
    {
        var subscriber = await Subscriber.Open(world);
        var reference = $"twice-{subscriber.Id:N}";
        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => PostAsync(reference, reference)));
        await world.UntilIdle();
        var ids = await world.AskBooksAsync<Guid[]>("select array_agg(id) from notifications where reference = $1", reference);
        var log = world.Services.GetRequiredService<NotificationLog>();

        await Task.WhenAll(ids!.SelectMany(id =>
        {
            var match = new MatchNotification("30201", id, subscriber.Id, "Payment", reference, "20260101000000", null, "duplicate");

            return ((string?[])(appliedFirst ? [null, ApplyNotificationHandler.NothingNew] : [ApplyNotificationHandler.NothingNew, null])).Select(reason => log.MatchAsync(match, reason, default));
        }));

        Assert.Equal(40, await world.AskBooksAsync<long>("select count(*) from notifications where reference = $1 and status = 'matched' and outcome = 'applied' and reason is null", reference));
    }

    [Fact]
    public async Task headers_are_kept_and_what_may_be_a_credential_is_not()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/notifications") { Content = JsonContent.Create(Notified.Payment("headed", 2)) };
        request.Headers.Add("X-Correlation-ID", "abc-1");
        request.Headers.Add("X-Api-Key", "canary-key");
        request.Headers.Add("Cookie", "session=canary-cookie");
        (await world.Gateway.SendAsync(request)).EnsureSuccessStatusCode();

        var kept = await world.AskBooksAsync<string>("select headers::text from notifications where headers ->> 'x-correlation-id' = 'abc-1'");

        Assert.Contains("\"source\": \"127.0.0.1\"", kept);
        Assert.Contains("\"x-api-key\": \"(cut out)\"", kept);
        Assert.DoesNotContain("canary", kept);
        Assert.DoesNotContain("Basic", kept);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/json")]
    [InlineData("application/json; charset=\"UTF-8\"")]
    [InlineData("application/json; charset=iso-8859-1")]
    [InlineData("text/plain; charset=utf-16")]
    [InlineData("no type at all")]
    public async Task it_is_read_whatever_its_type_is_said_to_be(string? type)
    {
        var reference = $"typed-{Guid.NewGuid():N}";
        var text = Notified.Payment(reference, 2).ToJsonString().Replace("jdoe", "jos\u00e9", StringComparison.Ordinal);
        var encoding = type is null ? new System.Text.UTF8Encoding(true) : type.Contains("utf-16") ? System.Text.Encoding.Unicode : type.Contains("8859") ? System.Text.Encoding.Latin1 : new System.Text.UTF8Encoding(false);
        using var content = new ByteArrayContent([.. type is null ? encoding.GetPreamble() : [], .. encoding.GetBytes(text)]);

        if (type is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        using var answer = await world.Gateway.PostAsync("v1/notifications", content);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        await world.UntilIdle();

        Assert.Equal("parked", await world.AskBooksAsync<string>("select status from notifications where reference = $1", reference));
    }

    private async Task<HttpStatusCode> PostAsync(string burst, string reference = "never-heard-of")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/notifications") { Content = JsonContent.Create(Notified.Payment(reference, 2)) };
        request.Headers.Add("X-Burst", burst);
        using var answer = await world.Gateway.SendAsync(request);

        return answer.StatusCode;
    }
}
