using Billing.Api.Hosting;

namespace Billing.Api.Tests.Notifying;

[Keeps(Promise.AcknowledgedNotificationsAreKept)]
public class when_requests_share_a_batch
{
    [Fact]
    public async Task requests_that_arrive_during_a_batch_share_the_next_one()
    {
        var (batches, first) = (new List<int>(), new TaskCompletionSource());
        await using var batcher = new RequestBatcher<int, int>(batchSize: 50, concurrency: 1, async requests =>
        {
            batches.Add(requests.Count);

            if (batches.Count == 1)
            {
                await first.Task;
            }

            return [.. requests.Select(n => n * 2)];
        });

        var alone = batcher.SendAsync(0);
        var others = Enumerable.Range(1, 120).Select(n => batcher.SendAsync(n)).ToList();
        first.SetResult();

        Assert.Equal(0, await alone);
        Assert.Equal(Enumerable.Range(1, 120).Select(n => n * 2), await Task.WhenAll(others));
        Assert.Equal(121, batches.Sum());
        Assert.InRange(batches.Count, 3, 5);
    }

    [Fact]
    public async Task a_request_that_fails_its_batch_fails_alone()
    {
        var first = new TaskCompletionSource();
        await using var batcher = new RequestBatcher<int, int>(batchSize: 50, concurrency: 1, async requests =>
        {
            await first.Task;

            return requests.Contains(17) ? throw new InvalidDataException("17") : [.. requests];
        });

        var asked = Enumerable.Range(0, 40).Select(n => batcher.SendAsync(n)).ToList();
        first.SetResult();

        foreach (var (answer, n) in asked.Select((answer, n) => (answer, n)))
        {
            if (n == 17)
            {
                Assert.Equal("17", (await Assert.ThrowsAsync<InvalidDataException>(() => answer)).Message);
            }
            else
            {
                Assert.Equal(n, await answer);
            }
        }
    }
}
