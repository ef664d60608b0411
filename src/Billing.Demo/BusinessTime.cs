namespace Billing.Demo;

/// <summary>Moves the shared clock from due instant to due instant and waits there until both sides are idle.</summary>
internal sealed class BusinessTime(SandboxControl sandbox, Storefront storefront, Settling settling, Months months)
{
    private const int MostSteps = 150;

    // What the simulated bank takes for a direct debit, and a little more.
    private static readonly TimeSpan BankTakes = TimeSpan.FromDays(3) + TimeSpan.FromMinutes(1);

    private readonly List<Subscriber> _subscribers = [];
    private int _steps;

    public void Follow(Subscriber subscriber) => _subscribers.Add(subscriber);

    /// <summary>Moves on until that has happened.</summary>
    /// <exception cref="BrokenPromiseException">It never happens, or something due stays undecided.</exception>
    public async Task UntilAsync(string what, Func<bool> hasHappened)
    {
        while (!hasHappened())
        {
            if (++_steps > MostSteps)
            {
                throw new BrokenPromiseException($"{MostSteps} moves of the clock were not enough for: {what}.");
            }

            await StepAsync(what);
        }
    }

    /// <summary>Lets some time go by.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        await sandbox.MoveClockAsync(await sandbox.NowAsync() + time);
        await SettleAsync();
    }

    /// <summary>Waits until all work of this instant is done, and reads the results.</summary>
    public async Task SettleAsync()
    {
        await settling.UntilIdleAsync();
        await Task.WhenAll(_subscribers.Select(subscriber => subscriber.ReadAsync(storefront)));
        months.Report(await sandbox.NowAsync(), _subscribers);
    }

    private async Task StepAsync(string what)
    {
        var now = await sandbox.NowAsync();
        var next = _subscribers.SelectMany(Instants).MinBy(instant => instant.At)
            ?? throw new BrokenPromiseException($"Nothing is due any more, and this has not happened: {what}.");

        if (next.At <= now)
        {
            throw new BrokenPromiseException(
                $"{next.What} has been due since {Print.Time(next.At)}, it is {Print.Time(now)}, and "
                + "nothing has been decided.");
        }

        await sandbox.MoveClockAsync(next.At.AddSeconds(1));
        await SettleAsync();
    }

    private static IEnumerable<Instant> Instants(Subscriber subscriber)
    {
        if (subscriber.Subscription.NextDue is { } due)
        {
            yield return new Instant(due.At, $"{subscriber.Name}: the period of {due.On:O}, attempt {due.Attempt},");
        }

        if (subscriber.Subscription.Unsettled is { NextLookUpAt: { } at } unsettled)
        {
            yield return new Instant(at, $"{subscriber.Name}: the look-up of an unknown {unsettled.Operation}");
        }

        foreach (var payment in subscriber.Payments)
        {
            if (payment.NextLookUpAt is { } lookUpAt)
            {
                yield return new Instant(
                    lookUpAt, $"{subscriber.Name}: the look-up of {payment.MerchantTransactionId}");
            }
            else if (payment.Status == "pending")
            {
                yield return new Instant(
                    payment.RequestedAt + BankTakes,
                    $"{subscriber.Name}: the bank's word on {payment.MerchantTransactionId}");
            }
        }
    }

    private sealed record Instant(DateTimeOffset At, string What);
}
