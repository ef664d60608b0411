using System.Globalization;

namespace Billing.Demo;

/// <summary>At the end: our calendar against the API's, and the gateway's ledger against our payment history.</summary>
internal sealed class Reckoning(Storefront storefront, SandboxControl sandbox, Checks checks)
{
    public async Task CheckAsync(IReadOnlyList<Subscriber> subscribers)
    {
        foreach (var subscriber in subscribers)
        {
            await subscriber.ReadAsync(storefront);
            Periods(subscriber);
        }

        var now = await sandbox.NowAsync();
        var late = subscribers.Where(it => it.Subscription.NextDue?.At <= now).Select(it => it.Name).ToList();
        checks.That("Nothing that is due is undecided", late.Count == 0, string.Join(", ", late));
        var open = subscribers.SelectMany(it => it.Payments).Where(payment => payment.IsOpenEnded).ToList();
        checks.That("No payment is left unknown or under way", open.Count == 0, string.Join(", ", open));
        var after = subscribers
            .SelectMany(it => it.Payments.Where(payment => payment.RequestedAt > it.Subscription.ClosedAt))
            .ToList();
        checks.That("Nothing was charged after a close", after.Count == 0, string.Join(", ", after));

        await LedgerAsync(subscribers);
        await StatusesAsync(subscribers);
    }

    // The series is counted here once more, from the anchor: 31, 28, 31, 30…
    private void Periods(Subscriber subscriber)
    {
        var dueDates = subscriber.DueDates;
        var expected = dueDates.Except(subscriber.Paused)
            .Except(subscriber.Skipped)
            .Except(subscriber.Unpaid)
            .Select(due => $"{due:O} {subscriber.PriceOf(due)}")
            .ToList();
        var days = dueDates.Select(due => due.Day.ToString(CultureInfo.InvariantCulture)).ToList();
        var series =
            days.Distinct().Count() == 1 ? $"always due on the {days[0]}." : $"due on the {string.Join(", ", days)}";
        checks.Same(
            $"{subscriber.Name}: {expected.Count} of {dueDates.Count} periods "
            + $"paid{Unpaid(subscriber)}, none twice, {series}",
            expected,
            subscriber.PaidPeriods.OrderBy(payment => payment.DueOn)
                .Select(payment => $"{payment.DueOn:O} {payment.Amount}"));
    }

    private static string Unpaid(Subscriber subscriber)
    {
        var parts = new[]
        {
            (subscriber.Paused.Count, "paused"), (subscriber.Skipped.Count, "skipped"),
            (subscriber.Unpaid.Count, "declined to the end"),
        }.Where(part => part.Count > 0).Select(part => $"{part.Count} {part.Item2}").ToList();

        return parts.Count == 0 ? "" : $" ({string.Join(", ", parts)})";
    }

    private async Task LedgerAsync(IReadOnlyList<Subscriber> subscribers)
    {
        var preapprovals = subscribers.Select(it => it.GatewayId).ToHashSet();
        var ledger = (await sandbox.LedgerAsync())
            .Where(entry => entry.PreapprovalId is { } id && preapprovals.Contains(id))
            .ToList();
        var ours = subscribers.SelectMany(it => it.Payments).ToList();

        checks.That(
            $"The gateway received each of {ledger.Count} MerchantTransactionIDs once",
            ledger.All(entry => entry.Received == 1), Those(ledger.Where(entry => entry.Received != 1)));
        checks.That(
            "It took money at most once for each", ledger.All(entry => entry.Captured <= 1),
            Those(ledger.Where(entry => entry.Captured > 1)));
        checks.Same(
            "What it took, id by id and amount by amount, is what our history calls charged",
            ours.Where(payment => payment.IsCharged)
                .Select(payment => $"{payment.MerchantTransactionId} {payment.Amount.Hundredths} {payment.Currency}")
                .Order(StringComparer.Ordinal),
            ledger.Where(entry => entry.Captured == 1)
                .Select(entry => $"{entry.MerchantTransactionId} {entry.Amount} {entry.Currency}")
                .Order(StringComparer.Ordinal));

        checks.Same(
            "What went back to customers there is what our history calls refunded or taken back",
            ours.Where(payment => payment.IsCharged && payment.NetMinor != payment.AmountMinor)
                .Select(payment => $"{payment.MerchantTransactionId} {payment.WentBack.Hundredths}")
                .Order(StringComparer.Ordinal),
            ledger.Where(entry => entry.WentBack > 0)
                .Select(entry => $"{entry.MerchantTransactionId} {entry.WentBack}").Order(StringComparer.Ordinal));

        foreach (var currency in ours.Select(payment => payment.Currency).Distinct())
        {
            var charged = new Money(
                ours.Where(payment => payment.IsCharged && payment.Currency == currency)
                    .Sum(payment => payment.AmountMinor),
                currency);
            var taken = ledger.Where(entry => entry.Currency == currency).Sum(entry => entry.Captured * entry.Amount);
            checks.That(
                $"{charged} charged here and taken there", taken == charged.Hundredths,
                $"{charged.Hundredths} hundredths expected, {taken} taken");
        }

        Won(ours, ledger);
    }

    private void Won(IEnumerable<Payment> ours, IEnumerable<LedgerEntry> ledger)
    {
        var scheduled = ours.Where(payment => payment is { Currency: "KRW", DueOn: not null })
            .ToDictionary(payment => payment.MerchantTransactionId);
        var minor = scheduled.Values.Select(payment => payment.AmountMinor).Distinct();
        var wire = ledger.Where(entry => scheduled.ContainsKey(entry.MerchantTransactionId))
            .Select(entry => entry.Amount)
            .Distinct();
        checks.Same(
            "KRW 9,900 a month is 9900 in our records and 990000 on the wire", [9_900L, 990_000L],
            [.. minor, .. wire.Select(amount => amount ?? 0)]);
    }

    private async Task StatusesAsync(IReadOnlyList<Subscriber> subscribers)
    {
        var (here, there) = (new List<string>(), new List<string>());

        foreach (var subscriber in subscribers)
        {
            here.Add($"{subscriber.Name} {(subscriber.Subscription.Status == "open" ? 2 : 4)}");
            there.Add($"{subscriber.Name} {await sandbox.StatusOfAsync(subscriber.GatewayId)}");
        }

        checks.Same("Every preapproval has the status that the gateway gives it", there, here);
    }

    private static string Those(IEnumerable<LedgerEntry> entries) => string.Join(", ", entries);
}
