namespace Billing.Demo;

/// <summary>Who paid what: a row for each subscription; with --verbose also every attempt to collect.</summary>
internal static class Table
{
    public static void Of(IReadOnlyList<Subscriber> subscribers)
    {
        Print.Rows(
            ["customer", "price a month", "status", "charged", "failed", "next due, or the end"],
            subscribers.Select(subscriber => new[]
            {
                subscriber.Name, $"{subscriber.Price}", subscriber.Subscription.Status,
                $"{subscriber.Payments.Count(payment => payment.IsCharged)}",
                $"{subscriber.Payments.Count(payment => payment.Status == "failed")}", Ending(subscriber.Subscription),
            }));

        foreach (var subscriber in Print.IsVerbose ? subscribers : [])
        {
            Print.Chapter($"{subscriber.Name}  {subscriber.MerchantPreapprovalId}");
            Print.Rows(
                ["due", "try", "amount", "status", "learnt from"],
                subscriber.Payments.Select(payment => new[]
                {
                    payment.DueOn is { } on ? $"{on:O}" : "on demand", $"{payment.Attempt}", $"{payment.Amount}",
                    payment.Status,
                    $"{payment.LearntFrom?.Replace('_', '-')}{(payment.Code is { } code ? $", code {code}" : "")}",
                }));
        }
    }

    private static string Ending(Subscription it) => it.NextDue is { } next
        ? $"{next.On:O}"
        : $"closed by the {it.ClosedBy} on {it.ClosedAt:yyyy-MM-dd}";
}
