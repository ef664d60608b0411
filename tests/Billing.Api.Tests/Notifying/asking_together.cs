namespace Billing.Api.Tests.Notifying;

public class asking_together
{
    [Fact]
    public async Task what_comes_while_one_is_under_way_goes_into_the_next()
    {
        var (batches, first) = (new List<int>(), new TaskCompletionSource());
        var together = new Together<int, int>(most: 50, atOnce: 1, async questions =>
        {
            batches.Add(questions.Count);

            if (batches.Count == 1)
            {
                await first.Task;
            }

            return [.. questions.Select(n => n * 2)];
        });

        var alone = together.AskAsync(0, default);
        var others = Enumerable.Range(1, 120).Select(n => together.AskAsync(n, default)).ToList();
        first.SetResult();

        Assert.Equal(0, await alone);
        Assert.Equal(Enumerable.Range(1, 120).Select(n => n * 2), await Task.WhenAll(others));
        Assert.Equal(121, batches.Sum());
        Assert.InRange(batches.Count, 3, 5);
    }

    [Fact]
    public async Task one_that_cannot_be_answered_fails_alone()
    {
        var first = new TaskCompletionSource();
        var together = new Together<int, int>(most: 50, atOnce: 1, async questions =>
        {
            await first.Task;

            return questions.Contains(17) ? throw new InvalidDataException("17") : [.. questions];
        });

        var asked = Enumerable.Range(0, 40).Select(n => together.AskAsync(n, default)).ToList();
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
