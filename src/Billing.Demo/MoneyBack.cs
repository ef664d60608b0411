namespace Billing.Demo;

/// <summary>What happens to a payment afterwards: a refund by the shop, a dispute by the customer.</summary>
internal sealed class MoneyBack(Storefront storefront, SandboxControl sandbox, BusinessTime time, Checks checks)
{
    // The simulated gateway pays back within two days.
    private static readonly TimeSpan RefundTakes = TimeSpan.FromDays(2) + TimeSpan.FromMinutes(1);

    public async Task RefundAsync(Subscriber subscriber, Money amount)
    {
        var payment = Newest(subscriber);
        await storefront.RefundAsync(payment.GatewayPaymentId!.Value, "demo-refund-1", amount);
        await time.PassAsync(RefundTakes);

        var refunded = Now(subscriber, payment);
        var left = new Money(refunded.NetMinor, refunded.Currency);
        Print.Line($"{subscriber.Name}: {amount} of {payment.Amount} are paid back, {left} are left");
        checks.That(
            "A part of a payment is refunded, once, and the rest stays the shop's",
            refunded.RefundedMinor == amount.Minor && refunded.NetMinor == payment.AmountMinor - amount.Minor
            && refunded.Afterwards.SequenceEqual(["partially_refunded"]), refunded.ToString());
    }

    public async Task DisputeAsync(Subscriber subscriber)
    {
        var payment = Newest(subscriber);
        await sandbox.DisputeAsync(payment.GatewayPaymentId!.Value);
        await time.SettleAsync();
        var disputed = Now(subscriber, payment);

        await sandbox.ChargeBackAsync(payment.GatewayPaymentId!.Value);
        await time.SettleAsync();
        var lost = Now(subscriber, payment);
        Print.Line($"{subscriber.Name}: {payment.Amount} due {payment.DueOn:O} is disputed, and the bank gives it "
            + "back to the customer");
        checks.That(
            "A dispute is recorded, a chargeback takes the money back, the payment stays in the history",
            disputed.Afterwards.SequenceEqual(["disputed"]) && lost.Afterwards.Contains("charged_back")
            && lost is { IsCharged: true, NetMinor: 0 }, $"{disputed} {lost}");
    }

    private static Payment Newest(Subscriber subscriber) =>
        subscriber.PaidPeriods.MaxBy(payment => payment.DueOn)!;

    private static Payment Now(Subscriber subscriber, Payment payment) =>
        subscriber.Payments.Single(it => it.MerchantTransactionId == payment.MerchantTransactionId);
}
