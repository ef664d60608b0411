using System.Diagnostics;

namespace Billing.Demo;

/// <summary>A customer writes to the shop: what was that charge, and please forget me.</summary>
/// <param name="commands">The path of Billing.Api.dll, which has the operator's commands.</param>
internal sealed class Support(Storefront storefront, string? commands, Checks checks)
{
    public bool HasCommands => commands is not null;

    public async Task FindAndExplainAsync(Subscriber subscriber)
    {
        var found = await storefront.SearchAsync(subscriber.Email);
        var declined = subscriber.Payments.Last(payment => payment.Status == "failed").DueOn!.Value;
        var answer = await storefront.ExplainAsync(subscriber.Id, declined);
        Print.Line($"search by e-mail: {found.Count} subscription; explain {declined:O}:");

        foreach (var sentence in answer.Sentences)
        {
            Print.Line($"  {sentence}");
        }

        checks.That(
            "The subscription is found by its customer's address, which is stored sealed",
            found.Select(it => it.Id).SequenceEqual([subscriber.Id]), string.Join(", ", found));
    }

    /// <remarks>Only an operator can do it, and only with a name: it cannot be undone.</remarks>
    public async Task ForgetAsync(Subscriber subscriber)
    {
        var payments = await storefront.PaymentsAsync(subscriber.Id);
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", [commands!, "operator", "forget", $"{subscriber.Id}", "--by", "demo"])
            {
                RedirectStandardOutput = true,
            })!;
        var said = (await process.StandardOutput.ReadToEndAsync()).Trim();
        await process.WaitForExitAsync();
        Print.Line($"billing operator forget {subscriber.Id} --by demo: {said}");

        var found = await storefront.SearchAsync(subscriber.Email);
        checks.That(
            "The person is not found any more; dates and amounts are as they were",
            process.ExitCode == 0 && found.Count == 0
            && Shown(payments).SequenceEqual(Shown(await storefront.PaymentsAsync(subscriber.Id))),
            string.Join(", ", found));
    }

    private static IEnumerable<string> Shown(IEnumerable<Payment> payments) =>
        payments.Select(payment => $"{payment.DueOn:O} {payment.Attempt} {payment.Amount} {payment.Status}");
}
