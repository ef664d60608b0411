using System.Text.Json;

namespace Billing.Sandbox.State;

/// <summary>
/// The gateway's ids. They start as in the seed documents and stay within Int32 (docs/globalpay.md section 13).
/// </summary>
internal sealed class Numbers(Store store, Journal journal) : IRemembered
{
    private readonly Dictionary<string, int> customers = [];
    private int preapproval = 4217;
    private int payment = 3009261;
    private int customer = 3627;
    private int address = 1257;
    private int landing = 628;
    private int mandate = 4606504;

    public int NextPreapproval() => NextFree(ref preapproval, store.HasPreapproval);

    public int NextPayment() => NextFree(ref payment, store.HasPayment);

    public int NextAddress() => Used(address++);

    public int NextLanding() => Used(landing++);

    public string NextMandateReference() => $"SLMP{Used(mandate++):D9}";

    /// <summary>The same person of a site is the same customer.</summary>
    public int CustomerOf(int site, string email)
    {
        var key = $"{site} {email.ToLowerInvariant()}";
        if (!customers.TryGetValue(key, out var id))
        {
            customers[key] = id = Used(customer++);
            journal.Write("customer", new CustomerRow(key, id));
        }

        return id;
    }

    public void Recall(string kind, JsonElement row)
    {
        switch (kind)
        {
            case "customer":
                var known = row.Deserialize<CustomerRow>()!;
                customers[known.Key] = known.Id;
                customer = Math.Max(customer, known.Id + 1);
                break;
            case "numbers":
                (address, landing, mandate) = row.Deserialize<CounterRow>()!;
                break;
        }
    }

    public IEnumerable<(string Kind, object Row)> Rows() =>
        customers.Select(c => ("customer", (object)new CustomerRow(c.Key, c.Value)))
            .Append(("numbers", new CounterRow(address, landing, mandate)));

    public void Forget()
    {
        customers.Clear();
        (preapproval, payment, customer, address, landing, mandate) = (4217, 3009261, 3627, 1257, 628, 4606504);
    }

    private static int NextFree(ref int counter, Func<int, bool> isTaken)
    {
        while (isTaken(counter))
        {
            counter++;
        }

        return counter;
    }

    private int Used(int number)
    {
        journal.Write("numbers", new CounterRow(address, landing, mandate));
        return number;
    }

    private sealed record CustomerRow(string Key, int Id);

    private sealed record CounterRow(int Address, int Landing, int Mandate);
}
