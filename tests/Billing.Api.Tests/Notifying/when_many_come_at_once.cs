using System.Net;
using System.Net.Http.Json;
using Billing.Api.Notifications;
using Billing.Api.Tests.Specs;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Notifying;

[Collection(NotifyingCollection.Name)]
[Keeps(Promise.AcknowledgedNotificationsAreKept)]
public class when_many_come_at_once(BelievingWorld shared)
{
    private readonly World world = shared.World;

    [Fact]
    public async Task each_204_is_durable_and_one_that_cannot_be_written_fails_alone()
    {
        var burst = $"burst-{Guid.NewGuid():N}";
        var reference = $"{burst}-n";
        await world.QueryAsync<object>(
            """
            create function refuse_poison() returns trigger language plpgsql as
            'begin if length(new.data::text) > 20000 then raise exception ''poison''; end if; return new; end'
            """);
        await world.QueryAsync<object>(
            "create trigger refuse_poison before insert on mt_doc_notification for each row "
            + "execute function refuse_poison()");

        try
        {
            // Random text does not shrink when it is compressed.
            var poison = Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(24_000));
            var answers = await Task.WhenAll(
                Enumerable.Range(0, 300).Select(n => PostAsync(burst, reference, n == 137 ? poison : null)));

            Assert.Equal(HttpStatusCode.InternalServerError, answers[137]);
            Assert.All(answers.Where((_, n) => n != 137), status => Assert.Equal(HttpStatusCode.NoContent, status));
        }
        finally
        {
            await world.QueryAsync<object>("drop function refuse_poison cascade");
        }

        await world.UntilIdle();
        Assert.Equal(
            299,
            await world.QueryAsync<long>(
                "select count(*) from notifications where reference = $1 and status = 'parked'", reference));
    }

    [Fact]
    public async Task too_many_are_sent_away_for_a_moment_and_those_that_wait_are_kept()
    {
        await world.UntilIdle();
        var intake = world.Services.GetRequiredService<NotificationIntake>();
        var before = await world.QueryAsync<long>("select count(*) from notifications");
        List<Task<bool>> waiting;

        await using (var stuck = await world.DataSource.OpenConnectionAsync())
        await using (var locking = await stuck.BeginTransactionAsync())
        {
            await using (var command = stuck.CreateCommand())
            {
                command.CommandText = "lock table mt_doc_notification in share mode";
                await command.ExecuteNonQueryAsync();
            }

            waiting = [.. Enumerable.Range(0, NotificationIntake.MostWaiting)
                .Select(_ => intake.KeepAsync("30201", "{\"Payout\":{}}"u8.ToArray(), "{}"))];
            Assert.True(intake.IsFull);
            Assert.False(await intake.KeepAsync("30201", "{\"Payout\":{}}"u8.ToArray(), "{}"));

            using var answer = await world.Gateway.PostAsJsonAsync("v1/notifications", Notified.Payment("full", 2));
            Assert.Equal(
                (HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(1)),
                (answer.StatusCode, answer.Headers.RetryAfter!.Delta));
        }

        Assert.All(await Task.WhenAll(waiting), Assert.True);
        Assert.False(intake.IsFull);
        Assert.Equal(
            before + NotificationIntake.MostWaiting,
            await world.QueryAsync<long>("select count(*) from notifications"));

        await world.UntilIdle();
        Assert.Equal(
            NotificationIntake.MostWaiting,
            await world.QueryAsync<long>(
                "select count(*) from notifications where kind = 'Payout' and status = 'kept'"));
    }

    // A message that is delivered twice, on two nodes at once.
    [Fact]
    public async Task notifications_that_two_readers_apply_at_once_are_recorded_once()
    {
        var subscriber = await Subscriber.Open(world);
        var reference = $"twice-{subscriber.Id:N}";
        var (_, body) = await subscriber.Charge(reference);
        await world.UntilIdle();
        var payment = (int)body["Payment"]!["ID"]!;
        var ids = new List<Guid>();

        for (var i = 0; i < 5; i++)
        {
            ids.Add(await world.NotifyAsync(Notified.Payment(reference, 16, payment)));
        }

        var applier = world.Services.GetRequiredService<NotificationApplier>();
        await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => applier.ApplyAsync("30201", ids, isAgain: true, default)));

        Assert.Equal(1, await subscriber.TimesAsync("payment_reversed"));
        Assert.Equal(
            5,
            await world.QueryAsync<long>(
                "select count(*) from notifications where id = any($1) and status = 'matched'", ids.ToArray()));
        Assert.Equal(
            1,
            await world.QueryAsync<long>(
                "select count(*) from notifications where id = any($1) and outcome = 'applied'", ids.ToArray()));
    }

    [Fact]
    public async Task headers_are_kept_and_what_may_be_a_credential_is_not()
    {
        var before = await world.NotificationIdsAsync();
        using var request = new HttpRequestMessage(
            HttpMethod.Post, "v1/notifications")
        { Content = JsonContent.Create(Notified.Payment("headed", 2)) };
        request.Headers.Add("X-Correlation-ID", "abc-1");
        request.Headers.Add("X-Api-Key", "canary-key");
        request.Headers.Add("Cookie", "session=canary-cookie");
        (await world.Gateway.SendAsync(request)).EnsureSuccessStatusCode();

        var id =
            Assert.Single(await world.WithHeaderAsync((await world.NotificationIdsAsync()).Except(before), "abc-1"));
        var kept = (await world.Services.GetRequiredService<NotificationBodies>()
            .FindAsync("30201", id, default))!.Headers;

        Assert.Contains("\"source\":\"127.0.0.1\"", kept);
        Assert.Contains("\"x-api-key\":\"(cut out)\"", kept);
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
        var encoding = type is null ? new System.Text.UTF8Encoding(true)
            : type.Contains("utf-16") ? System.Text.Encoding.Unicode
            : type.Contains("8859") ? System.Text.Encoding.Latin1
            : new System.Text.UTF8Encoding(false);
        using var content =
            new ByteArrayContent([.. type is null ? encoding.GetPreamble() : [], .. encoding.GetBytes(text)]);

        if (type is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        using var answer = await world.Gateway.PostAsync("v1/notifications", content);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        await world.UntilIdle();

        Assert.Equal(
            "parked",
            await world.QueryAsync<string>("select status from notifications where reference = $1", reference));
    }

    private async Task<HttpStatusCode> PostAsync(string burst, string reference, string? more = null)
    {
        var body = Notified.Payment(reference, 2);
        body["Payment"]!["Description"] = more;
        using var request =
            new HttpRequestMessage(HttpMethod.Post, "v1/notifications") { Content = JsonContent.Create(body) };
        request.Headers.Add("X-Burst", burst);
        using var answer = await world.Gateway.SendAsync(request);

        return answer.StatusCode;
    }
}
