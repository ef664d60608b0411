using System.Text.Json;

namespace Billing.Demo;

/// <summary>What the gateway, the bank and empty accounts do to a merchant.</summary>
internal sealed class Troubles(Storefront storefront, SandboxControl sandbox, BusinessTime time, Checks checks)
{
    private const int BalanceInsufficient = 119;

    // Into the day that began at midnight where the customer lives.
    private static readonly TimeSpan UntilNoon = TimeSpan.FromHours(12);

    public async Task EmptyAccountAsync(Subscriber subscriber)
    {
        await time.UntilAsync("a first payment", () => subscriber.Paid > 0);
        await sandbox.MisbehaveAsync(
            "charge", subscriber.MerchantPreapprovalId, "decline", times: 5, BalanceInsufficient);
        await time.UntilAsync(
            "a ladder of retries that is used up, and the next period declined",
            () => Declined(subscriber).Count() == 5);

        await time.PassAsync(UntilNoon);
        subscriber.Unpaid.AddRange(Declined(subscriber).Select(payment => payment.DueOn!.Value).Distinct());
        var closed = await storefront.CloseAsync(subscriber.GatewayId);
        await time.SettleAsync();
        Print.Line($"DELETE /v1/preapprovals/{subscriber.GatewayId}: status "
            + $"{closed.GetProperty("Status").GetProperty("ID")}; closed by the {subscriber.Subscription.ClosedBy}");

        var endings = (await storefront.EventsAsync(subscriber.Id)).Where(e => e.Type == "retries_exhausted").ToList();
        checks.Same(
            "Each of the two unpaid periods has one recorded end", ["4 attempts_used", "1 closing"],
            endings.Select(e => $"{e.Text("Attempts")} {e.Text("Reason")}"));
        checks.That(
            "The close withdrew what was due next",
            subscriber.Subscription is { Status: "closed", ClosedBy: "merchant", NextDue: null },
            subscriber.Subscription.ToString());
    }

    public async Task DeclineOnceAsync(Subscriber subscriber)
    {
        var paid = subscriber.Paid;
        await sandbox.MisbehaveAsync(
            "charge", subscriber.MerchantPreapprovalId, "decline", times: 1, BalanceInsufficient);
        await time.UntilAsync(
            "a declined period paid by its retry", () => subscriber.Paid > paid && Declined(subscriber).Any());

        var dueOn = Declined(subscriber).Single().DueOn;
        checks.Same(
            $"The period of {dueOn:O} was declined, tried again by the policy, and paid once",
            ["1 failed", "2 charged"],
            subscriber.Payments.Where(payment => payment.DueOn == dueOn)
                .Select(payment => $"{payment.Attempt} {payment.Status}"));
    }

    public async Task TimeOutAsync(Subscriber subscriber)
    {
        var known = subscriber.Payments.Select(payment => payment.MerchantTransactionId).ToHashSet();
        await sandbox.MisbehaveAsync("charge", subscriber.MerchantPreapprovalId, "act_then_timeout");
        await time.UntilAsync(
            "a charge without an answer, paid in the end",
            () => subscriber.Payments.FirstOrDefault(payment => !known.Contains(payment.MerchantTransactionId))
                is { IsCharged: true });

        var charge = subscriber.Payments.First(payment => !known.Contains(payment.MerchantTransactionId));
        var steps = (await storefront.EventsAsync(subscriber.Id)).Where(e => IsAbout(e, charge))
            .Select(e => $"{e.Type} {e.Text("LearntFrom")}".TrimEnd());
        checks.Same(
            "The time-out became unknown, a look-up found the charge, the bank's notification settled it",
            [
                "charge_requested", "payment_outcome_unknown Answer", "payment_pending LookUp",
                "payment_charged Notification"
            ],
            steps);

        var entry = (await sandbox.LedgerAsync()).Single(e => e.MerchantTransactionId == charge.MerchantTransactionId);
        checks.That(
            "The gateway received it once, was asked about it, and took the money once",
            entry is { Received: 1, Lookups: > 0, Captured: 1 }, entry.ToString());
    }

    public async Task RevokeAtTheBankAsync(Subscriber subscriber)
    {
        await time.UntilAsync(
            "a payment on its way", () => subscriber.Payments.Any(payment => payment.Status == "pending"));
        var underWay = subscriber.Payments.Single(payment => payment.Status == "pending");

        await time.PassAsync(UntilNoon);
        await sandbox.RevokeAsync(subscriber.GatewayId);
        await time.SettleAsync();
        Print.Line($"{subscriber.Name}: status 4 was notified; {subscriber.Subscription.Status} by the "
            + $"{subscriber.Subscription.ClosedBy}, nothing is due any more");
        checks.That(
            "A status-4 notification stops the schedule",
            subscriber.Subscription is { Status: "closed", ClosedBy: "customer", NextDue: null },
            subscriber.Subscription.ToString());

        await time.UntilAsync(
            "the bank's word on the payment under way", () => !subscriber.Payments.Any(payment => payment.IsOpenEnded));
        var settled =
            subscriber.Payments.Single(payment => payment.MerchantTransactionId == underWay.MerchantTransactionId);
        checks.That(
            "What was under way when the mandate was closed is recorded as paid, because it was", settled.IsCharged,
            settled.ToString());
    }

    private static IEnumerable<Payment> Declined(Subscriber subscriber) =>
        subscriber.Payments.Where(payment => payment.Status == "failed");

    private static bool IsAbout(Event e, Payment charge) =>
        e.Data.TryGetProperty("Charge", out var about) && about.ValueKind == JsonValueKind.Object
        && about.GetProperty("MerchantTransactionId").GetString() == charge.MerchantTransactionId;
}
