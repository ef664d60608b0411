namespace Billing.Demo;

/// <summary>A customer writes to the shop: what was that charge, and please forget me.</summary>
internal sealed class Support(Storefront storefront, Checks checks)
{
    public async Task FindAndExplainAsync(Subscriber subscriber)
    {
        var found = await storefront.SearchAsync(subscriber.Email);
        var declined = subscriber.Payments.Last(payment => payment.Status == "failed").DueOn!.Value;
        var answer = await storefront.ExplainAsync(subscriber.Id, declined);
        Print.Line($"search by e-mail: {found.Count} subscription; explain {declined:O}: {answer.Decision}"
            + $"{(answer.Reason is { } reason ? $", {reason}" : "")}");

        foreach (var sentence in answer.Sentences)
        {
            Print.Detail(sentence);
        }

        checks.That(
            "The subscription is found by its customer's address, which is stored sealed",
            found.Select(it => it.Id).SequenceEqual([subscriber.Id]), string.Join(", ", found));
    }

    /// <remarks>Only an operator can do it, and only with a name: it cannot be undone.</remarks>
    public async Task ForgetAsync(Subscriber subscriber, Operator commands)
    {
        var payments = await storefront.PaymentsAsync(subscriber.Id);
        var (exitCode, _) = await commands.RunAsync("operator", "forget", $"{subscriber.Id}", "--by", "demo");
        var found = await storefront.SearchAsync(subscriber.Email);
        checks.That(
            "The person is not found any more; dates and amounts are as they were",
            exitCode == 0 && found.Count == 0
            && Shown(payments).SequenceEqual(Shown(await storefront.PaymentsAsync(subscriber.Id))),
            string.Join(", ", found));
    }

    private static IEnumerable<string> Shown(IEnumerable<Payment> payments) =>
        payments.Select(payment => $"{payment.DueOn:O} {payment.Attempt} {payment.Amount} {payment.Status}");
}
