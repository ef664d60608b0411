using System.Net;
using System.Text;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Notifying;

[Collection(NotifyingCollection.Name)]
[Keeps(Promise.AcknowledgedNotificationsAreKept)]
public class when_credentials_are_wrong(BelievingWorld shared)
{
    private readonly World world = shared.World;

    public static TheoryData<string, string?> Headers => new()
    {
        { "none", null },
        { "a scheme alone", "Basic" },
        { "no base64", "Basic !!!" },
        { "no UTF-8", $"Basic {Convert.ToBase64String([0xff, 0xfe, (byte)':', 0xff])}" },
        { "no colon", Basic("30201gateway-key-30201") },
        { "no key", Basic("30201:") },
        { "no site", Basic(":gateway-key-30201") },
        { "another scheme", "Bearer gateway-key-30201" },
        { "the key bare", "gateway-key-30201" },
        { "the storefront's key", Basic("30201:storefront-key-30201") },
        { "another site's key", Basic("30201:gateway-key-30202") },
        { "another site's name", Basic("30202:gateway-key-30201") },
        { "an unknown site", Basic("99999:gateway-key-30201") },
        { "a key cut short", Basic("30201:gateway-key-3020") },
        { "a key with a tail", Basic("30201:gateway-key-30201 ") },
        { "a key in capitals", Basic("30201:GATEWAY-KEY-30201") },
        { "four thousand characters", Basic($"30201:{new string('k', 4000)}") },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public async Task a_notification_is_denied_and_nothing_is_stored(string _, string? authorization)
    {
        using var stranger = new HttpClient { BaseAddress = world.Address };

        if (authorization is not null)
        {
            stranger.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        }

        var before = await world.SettledSizeAsync();
        var reply = await stranger.PostBodyAsync("v1/notifications", Notified.Payment("forged", 2));

        BrokenBodies.AssertClear(reply, 401);
        Assert.True(reply.Challenges);
        Assert.NotEmpty((string)reply.Json["Message"]!);
        Assert.Equal(before, await world.SizeAsync());
    }

    [Fact]
    public async Task a_storefront_cannot_open_its_own_mandate()
    {
        var subscriber = await Subscriber.Pending(world);

        var forged = await world.Storefront.PostBodyAsync("v1/notifications", Notified.Mandate(subscriber, 2));

        Assert.Equal(HttpStatusCode.Unauthorized, forged.Status);
        await world.UntilIdle();
        Assert.Equal("pending", (string)(await subscriber.View())["status"]!);
    }

    [Fact]
    public async Task another_sites_gateway_key_moves_nothing_of_ours()
    {
        var subscriber = await Subscriber.Pending(world);
        using var other = world.Client("30202", "gateway-key-30202");

        Assert.Equal(
            HttpStatusCode.NoContent,
            (await other.PostBodyAsync("v1/notifications", Notified.Mandate(subscriber, 2))).Status);

        await world.UntilIdle();
        Assert.Equal("pending", (string)(await subscriber.View())["status"]!);
        Assert.Equal(
            "parked: not_known_yet",
            await world.QueryAsync<string>("select concat_ws(': ', status, reason) from notifications where tenant_id "
                + "= '30202' order by received_at desc limit 1"));
    }

    private static string Basic(string pair) => $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(pair))}";
}
