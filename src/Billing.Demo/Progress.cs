using System.Globalization;

namespace Billing.Demo;

/// <summary>Prints what has changed since last time: trouble at once, usual payments once a month.</summary>
internal sealed class Progress
{
    private readonly Dictionary<string, string> _known = [];
    private readonly List<string> _paid = [];
    private string _month = "";

    public void Report(DateTimeOffset now, IEnumerable<Subscriber> subscribers)
    {
        var month = now.ToString("MMM yyyy", CultureInfo.InvariantCulture);

        if (month != _month)
        {
            ReportMonth();
            _month = month;
        }

        foreach (var subscriber in subscribers)
        {
            foreach (var payment in subscriber.Payments)
            {
                var before = _known.GetValueOrDefault(payment.MerchantTransactionId);
                _known[payment.MerchantTransactionId] = payment.Status;

                if (before != payment.Status)
                {
                    Report(now, subscriber, payment, before);
                }
            }
        }
    }

    /// <summary>Usual payments that are not printed yet.</summary>
    public void ReportMonth()
    {
        if (_paid.Count > 0)
        {
            Print.Line($"{_month}    paid: {string.Join(", ", _paid)}");
            _paid.Clear();
        }
    }

    private void Report(DateTimeOffset now, Subscriber subscriber, Payment payment, string? before)
    {
        var text = payment.Status switch
        {
            "failed" => $"{payment.Amount} declined with code {payment.Code}, attempt {payment.Attempt}: "
                + $"{NextTry(subscriber, payment)}",
            "unknown" => $"{payment.Amount}, no answer ({payment.Symptom}): unknown, not failed; the gateway is asked "
                + $"at {payment.NextLookUpAt:HH:mm}Z",
            "stopped" => $"{payment.Amount} stopped before it was sent ({payment.Symptom})",
            "pending" when before == "unknown" => $"{payment.Amount} found by look-up: the bank has it",
            "charged" when before == "unknown" => $"{payment.Amount} found by look-up: paid",
            "charged" when payment.Attempt > 1 => $"{payment.Amount} paid at attempt {payment.Attempt}",
            _ => null,
        };

        if (text is not null)
        {
            Print.Line($"{now:yyyy-MM-dd HH:mm}Z  "
                + $"{subscriber.Name}{(payment.DueOn is { } day ? $", due {day:MM-dd}" : "")}: {text}");
        }
        else if (payment is { Status: "charged", DueOn: { } due })
        {
            _paid.Add($"{subscriber.Name} {payment.Amount} (due {due:MM-dd})");
        }
    }

    private static string NextTry(Subscriber subscriber, Payment payment) =>
        subscriber.Subscription.NextDue is { Attempt: > 1 } next && next.On == payment.DueOn
            ? $"tried again on {next.At:yyyy-MM-dd}"
            : "no further attempt";
}
