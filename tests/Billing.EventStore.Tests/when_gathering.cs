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

    // Whoever comes between the last look at what waits and the end of the run must not be left there.
    [Fact]
    public void nobody_is_left_who_comes_as_the_work_ends()
    {
        var done = 0;
        var gathering = new Gathering<int>(most: 7, atOnce: 1, batch =>
        {
            Volatile.Write(ref done, batch[^1]);

            return Task.CompletedTask;
        });

        for (var number = 1; number <= 1_000; number++)
        {
            gathering.Add(number);

            for (var looks = 0; Volatile.Read(ref done) != number; looks++)
            {
                Assert.True(looks < 1_000_000 || SpinWait.SpinUntil(() => Volatile.Read(ref done) == number, TimeSpan.FromSeconds(30)), $"{number} is left.");
            }

            // Each comes a few nanoseconds later than the one before.
            for (var pause = number % 128; pause > 0; pause--)
            {
                Volatile.Read(ref done);
            }
        }
    }
}
