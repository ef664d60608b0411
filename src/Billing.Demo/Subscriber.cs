using System.Text.Json.Nodes;

namespace Billing.Demo;

/// <summary>One customer of the story: what the story knows to be true, and what our views last said.</summary>
internal sealed class Subscriber(
    string name, string requestFile, Money price, string? timeZone = null, DateOnly? firstDueOn = null)
{
    public string Name => name;

    public Money Price { get; private set; } = price;

    public string MerchantPreapprovalId { get; } = Requests.Read(requestFile)["Preapproval"]!["MerchantPreapprovalID"]!
        .GetValue<string>();

    public string Email { get; } =
        Requests.Read(requestFile)["Preapproval"]!["Customer"]![nameof(Email)]!.GetValue<string>();

    public JsonObject Request => Requests.Read(requestFile).WithSchedule(Price, firstDueOn, timeZone);

    /// <summary>Due dates that were paused.</summary>
    public List<DateOnly> Paused { get; } = [];

    /// <summary>Due dates that the shop skipped.</summary>
    public List<DateOnly> Skipped { get; } = [];

    /// <summary>Due dates that stay unpaid after charges.</summary>
    public List<DateOnly> Unpaid { get; } = [];

    /// <summary>As last read.</summary>
    public Subscription Subscription { get; private set; } = null!;

    public IReadOnlyList<Payment> Payments { get; private set; } = [];

    public Guid Id => Subscription.Id;

    public int GatewayId =>
        Subscription.GatewayPreapprovalId
        ?? throw new BrokenPromiseException($"{Name} has no preapproval at the gateway.");

    public IEnumerable<Payment> PaidPeriods =>
        Payments.Where(payment => payment is { DueOn: not null, IsCharged: true });

    public int Paid => PaidPeriods.Count();

    // Where the first due date is left to the API, which takes the local day of opening. Neither place has summer time.
    private static readonly Dictionary<string, TimeSpan> AheadOfUtc =
        new() { ["Asia/Seoul"] = TimeSpan.FromHours(9), ["Asia/Manila"] = TimeSpan.FromHours(8) };

    private readonly List<(DateOnly After, Money Price)> _prices = [(DateOnly.MinValue, price)];

    public async Task FindAsync(Storefront storefront) =>
        Subscription = await storefront.FindAsync(MerchantPreapprovalId)
            ?? throw new BrokenPromiseException($"{Name} is not among the subscriptions.");

    public async Task ReadAsync(Storefront storefront)
    {
        Subscription = await storefront.SubscriptionAsync(Id);
        Payments = await storefront.PaymentsAsync(Id);
    }

    /// <summary>Holds for every period that is not decided yet.</summary>
    public void RaisePrice(Money price)
    {
        Price = price;
        _prices.Add((Subscription.LastDecidedOn ?? DateOnly.MinValue, price));
    }

    public Money PriceOf(DateOnly dueOn) => _prices.Last(from => from.After < dueOn).Price;

    /// <summary>Anchor, anchor + 1 month, … as far as anything was decided, by our own calendar.</summary>
    public IReadOnlyList<DateOnly> DueDates =>
        [.. Enumerable.Range(0, 100).Select(Anchor.AddMonths).TakeWhile(due => due <= Subscription.LastDecidedOn)];

    private DateOnly Anchor =>
        firstDueOn ?? DateOnly.FromDateTime((Subscription.OpenedAt!.Value + AheadOfUtc[timeZone!]).UtcDateTime);
}
