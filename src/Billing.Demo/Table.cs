namespace Billing.Demo;

/// <summary>A subscription with every attempt to collect.</summary>
internal static class Table
{
    public static void Of(Subscriber subscriber)
    {
        var it = subscriber.Subscription;
        var ending = it.NextDue is { } next
            ? $"next due {next.On:O}"
            : $"closed by the {it.ClosedBy} on {it.ClosedAt:yyyy-MM-dd}";
        Console.WriteLine();
        Print.Line($"{subscriber.Name}  {subscriber.MerchantPreapprovalId}  {it.Status}, "
            + $"{subscriber.Price} a month, {ending}");
        Print.Line($"  {"due",-10}  try  {"amount",-10}  {"status",-8}  learnt from");

        foreach (var payment in subscriber.Payments)
        {
            var due = payment.DueOn is { } on ? $"{on:O}" : "on demand";
            Print.Line($"  {due,-10}  {payment.Attempt,3}  {payment.Amount,-10}  {payment.Status,-8}  "
                + $"{payment.LearntFrom?.Replace('_', '-')}{(payment.Code is { } code ? $", code {code}" : "")}");
        }
    }
}
