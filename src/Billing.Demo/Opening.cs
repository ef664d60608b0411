using System.Text.Json;

namespace Billing.Demo;

/// <summary>How a subscription begins.</summary>
internal sealed class Opening(Storefront storefront, SandboxControl sandbox, BusinessTime time, Checks checks)
{
    /// <summary>The usual way: create, redirect, approve, and the gateway's notification opens it.</summary>
    public async Task ByLandingPageAsync(Subscriber subscriber)
    {
        var created = await storefront.SubscribeAsync(subscriber.Request);
        var redirect = created.GetProperty("RedirectURL").GetString()!;
        Print.Line($"{subscriber.Name,-14}  {subscriber.MerchantPreapprovalId}, {subscriber.Price} a month: {StatusOf(created)}. Go to {redirect[..redirect.IndexOf('?', StringComparison.Ordinal)]}?...");

        var back = await Customer.ApproveAsync(sandbox.Browser, redirect);
        await OpenedAsync(subscriber);

        var shown = await storefront.ReadAsync(subscriber.GatewayId);
        Print.Line($"{"",-14}  approved, browser back at {back.Host}; {StatusOf(shown)}{Mandate(shown)}{Drift(subscriber)}");
    }

    /// <summary>The customer is so fast that the Open notification arrives while our own create is still unanswered.</summary>
    public async Task BeforeOurAnswerAsync(Subscriber subscriber)
    {
        await sandbox.MisbehaveAsync("create", subscriber.MerchantPreapprovalId, "notify_first");
        await storefront.SubscribeAsync(subscriber.Request);
        Print.Line($"{subscriber.Name,-14}  {subscriber.MerchantPreapprovalId}, {subscriber.Price} a month: approved before the gateway has answered our create");
        await OpenedAsync(subscriber);

        var events = await storefront.EventsAsync(subscriber.Id);
        var opened = events.FirstOrDefault(e => e.Type == "preapproval_opened");
        var answered = events.FirstOrDefault(e => e.Type == "preapproval_registered" && e.Text("LearntFrom") == "Answer");
        checks.That(
            "The notification that outran our own answer opened the preapproval; the answer came after it in the stream",
            opened?.Text("LearntFrom") == "Notification" && answered?.Version > opened.Version,
            $"opened: {opened}, answered: {answered}");
    }

    private async Task OpenedAsync(Subscriber subscriber)
    {
        await subscriber.FindAsync(storefront);
        time.Follow(subscriber);
        await time.SettleAsync();

        if (subscriber.Subscription.Status != "open")
        {
            throw new BrokenPromiseException($"{subscriber.Name} has approved, the notification was acknowledged, and the subscription is {subscriber.Subscription.Status}.");
        }
    }

    private static string StatusOf(JsonElement preapproval) => $"{preapproval.GetProperty("ID")} is {preapproval.GetProperty("Status").GetProperty("Info").GetString() ?? "open"}";

    private static string Mandate(JsonElement preapproval) =>
        preapproval.GetProperty("MandateReference").GetString() is { } reference ? $", mandate {reference}" : "";

    private static string Drift(Subscriber subscriber) =>
        subscriber.Subscription.Drift.Count == 0 ? "" : $"; the notification says otherwise of {string.Join(", ", subscriber.Subscription.Drift)}: kept as drift, not applied";
}
