namespace Billing.Domain.Reports;

/// <summary>Recurring revenue of one month in one currency; minor units.</summary>
/// <param name="Level">At the end of the month; of the running month now.</param>
/// <param name="New">Of subscriptions that had never been worth anything before the month.</param>
/// <param name="Reactivated">Of those that had been worth something earlier, and nothing when the month began.</param>
/// <param name="Contracted">0 or less, as the next two.</param>
/// <param name="Imported">Of subscriptions that had been charged by another system before.</param>
public readonly record struct RevenueMonth(
    long Level, long Subscriptions, long New, long Reactivated, long Expanded, long Contracted, long Paused, long Ended,
    long Imported)
{
    /// <summary>Equal to the level less that of the month before.</summary>
    public long Change => New + Reactivated + Expanded + Contracted + Paused + Ended + Imported;
}

/// <summary>Adds subscriptions up by month and currency: what each is worth at the end of a month and before.</summary>
/// <param name="first">The first day of the first month.</param>
/// <param name="months">How many, 1 or more.</param>
/// <param name="now">Business time: no later step is counted.</param>
public sealed class RevenueMonths(DateOnly first, int months, DateTimeOffset now)
{
    private readonly Dictionary<(int Month, string Currency), RevenueMonth> found = [];

    /// <summary>By month and currency, every month of every currency that any month has.</summary>
    public IReadOnlyList<(DateOnly Month, string Currency, RevenueMonth Revenue)> Rows =>
    [
        .. (from month in Enumerable.Range(0, months)
           from currency in found.Keys.Select(key => key.Currency).Distinct().Order(StringComparer.Ordinal)
           select (first.AddMonths(month), currency, found.GetValueOrDefault((month, currency)))),
    ];

    /// <param name="steps">All of one subscription, in the order of their times.</param>
    public void Add(IReadOnlyList<RevenueStep> steps)
    {
        var (next, had) = (0, false);
        RevenueStep? before = null;

        for (var month = -1; month < months; month++)
        {
            var end = new DateTimeOffset(first.AddMonths(month + 1), default, default);
            var hadBefore = had;
            var last = before;

            while (next < steps.Count && steps[next].At < end && steps[next].At <= now)
            {
                last = steps[next++];
                had = had || last.Value.MonthlyMinor > 0;
            }

            if (month >= 0)
            {
                Add(month, before, last, hadBefore);
            }

            before = last;
        }
    }

    private void Add(int month, RevenueStep? before, RevenueStep? after, bool hadBefore)
    {
        var (earlier, current) = (before?.MonthlyMinor ?? 0, after?.MonthlyMinor ?? 0);

        if (current > 0)
        {
            Add(month, after!.Value.Currency, new() { Level = current, Subscriptions = 1 });
        }

        if (earlier > 0 && current > 0 && before!.Value.Currency != after!.Value.Currency)
        {
            Add(month, before.Value.Currency, new() { Contracted = -earlier });
            Add(month, after.Value.Currency, new() { Expanded = current });
        }
        else if (earlier != current)
        {
            Add(month, (current > 0 ? after : before)!.Value.Currency, (earlier, current) switch
            {
                (0, _) when hadBefore => new() { Reactivated = current },
                (0, _) when after!.Value.IsImported => new() { Imported = current },
                (0, _) => new() { New = current },
                (_, 0) when after!.Value.IsPause => new() { Paused = -earlier },
                (_, 0) => new() { Ended = -earlier },
                _ when current > earlier => new() { Expanded = current - earlier },
                _ => new() { Contracted = current - earlier },
            });
        }
    }

    private void Add(int month, string currency, RevenueMonth one)
    {
        var sum = found.GetValueOrDefault((month, currency));
        found[(month, currency)] = new(
            sum.Level + one.Level, sum.Subscriptions + one.Subscriptions, sum.New + one.New,
            sum.Reactivated + one.Reactivated, sum.Expanded + one.Expanded, sum.Contracted + one.Contracted,
            sum.Paused + one.Paused, sum.Ended + one.Ended, sum.Imported + one.Imported);
    }
}
