using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Crashing;

/// <summary>Posts notifications and creates until it is stopped, and keeps what the service acknowledged.</summary>
internal sealed class AcknowledgedRequests
{
    private const int NotifiersAtOnce = 6;
    private const int CreatorsAtOnce = 2;

    private readonly ConcurrentBag<string> notified = [];
    private readonly ConcurrentBag<string> created = [];
    private readonly World world;
    private readonly Task posting;
    private int refused;
    private volatile bool isStopping;

    public AcknowledgedRequests(World world)
    {
        this.world = world;
        posting = Task.WhenAll(
        [
            .. Enumerable.Range(0, NotifiersAtOnce).Select(_ => RepeatAsync(NotifyAsync)),
            .. Enumerable.Range(0, CreatorsAtOnce).Select(_ => RepeatAsync(CreateAsync)),
        ]);
    }

    /// <summary>References of the notifications that were answered with 204.</summary>
    public string[] Notified => [.. notified];

    /// <summary>MerchantPreapprovalIDs of the creates that were answered with 201.</summary>
    public string[] Created => [.. created];

    /// <summary>How many requests were not acknowledged.</summary>
    public int Refused => refused;

    public Task StopAsync()
    {
        isStopping = true;

        return posting;
    }

    private async Task RepeatAsync(Func<Task> post)
    {
        while (!isStopping)
        {
            try
            {
                await post();
            }
            catch (HttpRequestException)
            {
                Interlocked.Increment(ref refused);
            }
        }
    }

    private Task NotifyAsync()
    {
        var reference = $"unknown-{Guid.NewGuid():N}";
        var body = Notifying.Notified.Payment(reference, 2);

        return PostAsync(
            world.Gateway, "v1/notifications", body, HttpStatusCode.NoContent, () => notified.Add(reference));
    }

    private Task CreateAsync()
    {
        var id = $"sub-{Guid.NewGuid():N}";

        return PostAsync(
            world.Storefront, "v1/preapprovals", Subscriber.Request(id), HttpStatusCode.Created, () => created.Add(id));
    }

    private async Task PostAsync(
        HttpClient client, string path, JsonObject body, HttpStatusCode expected, Action acknowledged)
    {
        using var answer = await client.PostAsJsonAsync(path, body);

        if (answer.StatusCode == expected)
        {
            acknowledged();
        }
        else
        {
            Interlocked.Increment(ref refused);
        }
    }
}
