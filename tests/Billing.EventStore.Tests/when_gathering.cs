namespace Billing.EventStore.Tests;

public class when_gathering
{
    private const int Callers = 8;
    private const int Each = 250;

    [Fact]
    public async Task all_is_worked_on_once_in_batches_that_keep_their_bounds()
    {
        var (done, looking) = (new List<int>(), new Lock());
        var (underWay, mostUnderWay, largest, over) = (0, 0, 0, new TaskCompletionSource());
        var gathering = new Gathering<int>(most: 7, atOnce: 2, async batch =>
        {
            lock (looking)
            {
                (underWay, largest) = (underWay + 1, Math.Max(largest, batch.Count));
                mostUnderWay = Math.Max(mostUnderWay, underWay);
            }

            await Task.Delay(1);

            lock (looking)
            {
                underWay--;
                done.AddRange(batch);
                if (done.Count >= Callers * Each)
                {
                    over.TrySetResult();
                }
            }
        });

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() =>
        {
            foreach (var number in Enumerable.Range(caller * Each, Each))
            {
                gathering.Add(number);
            }
        })));

        await over.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(Enumerable.Range(0, Callers * Each), done.Order());
        Assert.Equal((2, 7), (mostUnderWay, largest));
    }
}
