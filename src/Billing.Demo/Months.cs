namespace Billing.Demo;

/// <summary>One line for each month of business time; with --verbose also each outcome as it is seen.</summary>
internal sealed class Months
{
    private readonly Dictionary<string, Payment> _known = [];
    private readonly List<Money> _charged = [];
    private readonly List<Money> _paidBack = [];
    private int _failed;
    private int _retried;
    private int _unknown;
    private string _month = "";

    public void Report(DateTimeOffset now, IEnumerable<Subscriber> subscribers)
    {
        Print.Doing($"{Print.Time(now)}  {_known.Values.Count(payment => payment.IsCharged)} payments charged");
        Begin($"{now:yyyy-MM}");

        foreach (var (subscriber, payment) in subscribers.SelectMany(it => it.Payments.Select(one => (it, one))))
        {
            var before = _known.GetValueOrDefault(payment.MerchantTransactionId);
            _known[payment.MerchantTransactionId] = payment;
            Count(payment, before);

            if (before?.Status != payment.Status)
            {
                Print.Detail($"{Print.Time(now)}  {subscriber.Name}{(payment.DueOn is { } due ? $", due {due:O}" : "")}"
                    + $": {payment.Amount} {Outcome(subscriber, payment, before)}");
            }
        }
    }

    /// <summary>The last month is over.</summary>
    public void End() => Begin("");

    private void Begin(string month)
    {
        if (month == _month)
        {
            return;
        }

        Print.Month(_month == ""
            ? Columns("month", "charged", "failed", "retried", "unknown", "paid back")
            : Columns(
                _month, $"{_charged.Count,2}  {Sums(_charged)}", Shown(_failed), Shown(_retried), Shown(_unknown),
                Sums(_paidBack)));
        _charged.Clear();
        _paidBack.Clear();
        (_month, _failed, _retried, _unknown) = (month, 0, 0, 0);
    }

    private void Count(Payment payment, Payment? before)
    {
        if (payment.IsCharged && before is not { IsCharged: true })
        {
            _charged.Add(payment.Amount);
        }

        if (payment.IsCharged && payment.NetMinor < (before?.NetMinor ?? payment.AmountMinor))
        {
            _paidBack.Add(new Money((before?.NetMinor ?? payment.AmountMinor) - payment.NetMinor, payment.Currency));
        }

        _failed += payment.Status == "failed" && before?.Status != "failed" ? 1 : 0;
        _unknown += payment.Status == "unknown" && before?.Status != "unknown" ? 1 : 0;
        _retried += before is null && payment.Attempt > 1 ? 1 : 0;
    }

    private static string Columns(
        string month, string charged, string failed, string retried, string unknown, string paidBack) =>
        $"{month,-7}  {charged,-43}{failed,6}  {retried,7}  {unknown,7}  {paidBack}".TrimEnd();

    private static string Shown(int count) => count == 0 ? "" : $"{count}";

    private static string Sums(IEnumerable<Money> amounts) => string.Join(
        ", ",
        amounts.GroupBy(amount => amount.Currency).OrderBy(of => of.Key, StringComparer.Ordinal)
            .Select(of => new Money(of.Sum(amount => amount.Minor), of.Key)));

    private static string Outcome(Subscriber subscriber, Payment payment, Payment? before) => payment.Status switch
    {
        "failed" => $"declined with code {payment.Code}, attempt {payment.Attempt}: {NextTry(subscriber, payment)}",
        "unknown" => $"has no answer ({payment.Symptom}): unknown, not failed; the gateway is asked"
            + (payment.NextLookUpAt is { } at ? $" at {Print.Time(at)}" : ""),
        "stopped" => $"stopped before it was sent ({payment.Symptom})",
        "pending" when before?.Status == "unknown" => "found by look-up: the bank has it",
        "charged" when before?.Status == "unknown" => "found by look-up: paid",
        "charged" => $"paid at attempt {payment.Attempt}, learnt from: {payment.LearntFrom?.Replace('_', '-')}",
        _ => payment.Status,
    };

    private static string NextTry(Subscriber subscriber, Payment payment) =>
        subscriber.Subscription.NextDue is { Attempt: > 1 } next && next.On == payment.DueOn
            ? $"tried again at {Print.Time(next.At)}"
            : "no further attempt";
}
