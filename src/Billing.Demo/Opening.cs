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
        Print.Detail($"{subscriber.Name}: {StatusOf(created)}, RedirectURL {redirect}");
        var back = await Customer.ApproveAsync(sandbox.Browser, redirect);
        await OpenedAsync(subscriber);

        var shown = await storefront.ReadAsync(subscriber.GatewayId);
        Print.Detail($"{subscriber.Name}: browser back at {back.Host}{Mandate(shown)}");
        Print.Line($"{subscriber.Name,-14}  {subscriber.Price} a month, approved; preapproval {StatusOf(shown)}");
    }

    /// <summary>The customer approves so fast that the notification arrives before the answer to our create.</summary>
    public async Task BeforeOurAnswerAsync(Subscriber subscriber)
    {
        await sandbox.MisbehaveAsync("create", subscriber.MerchantPreapprovalId, "notify_first", delayMs: 500);
        await storefront.SubscribeAsync(subscriber.Request);
        Print.Line($"{subscriber.Name,-14}  {subscriber.Price} a month, approved before the gateway has answered our "
            + "create");
        await OpenedAsync(subscriber);

        var events = await storefront.EventsAsync(subscriber.Id);
        var opened = events.Where(e => e.Type == "preapproval_opened").ToList();
        var answered =
            events.FirstOrDefault(e => e.Type == "preapproval_registered" && e.Text("LearntFrom") == "Answer");
        var acknowledged = await sandbox.AcknowledgedAtAsync(subscriber.GatewayId);
        var order = opened.FirstOrDefault() is { } first && first.Version < answered?.Version
            ? $": it is version {first.Version} of the stream, our answer version {answered.Version}"
            : "";
        checks.That(
            $"A notification that arrived before the answer to our create opened it, once{order}",
            opened.Count == 1 && opened[0].Text("LearntFrom") == "Notification"
            && answered?.Data.GetProperty("HappenedAt").GetDateTimeOffset() > acknowledged,
            $"acknowledged at {acknowledged:O}; {string.Join(", ", opened)}; {answered}");
    }

    /// <summary>
    /// A notification with another site, no currency and another country opens the preapproval and changes nothing
    /// else.
    /// </summary>
    public async Task NothingElseChangedAsync(Subscriber subscriber)
    {
        var shown = await storefront.ReadAsync(subscriber.GatewayId);
        var asked = subscriber.Request["Preapproval"]!;
        checks.Same(
            $"{subscriber.Name}'s notification differs in SiteID, Currency and Country: kept as drift, not applied",
            [
                "billing_address.country", "currency", "site_id", $"{asked["Currency"]}",
                $"{asked["BillingAddress"]!["Country"]}"
            ],
            [
                .. subscriber.Subscription.Drift.Order(StringComparer.Ordinal),
                shown.GetProperty("Currency").GetString()!,
                shown.GetProperty("BillingAddress").GetProperty("Country").GetString()!,
            ]);
    }

    private async Task OpenedAsync(Subscriber subscriber)
    {
        await subscriber.FindAsync(storefront);
        time.Follow(subscriber);
        await time.SettleAsync();

        if (subscriber.Subscription.Status != "open")
        {
            throw new BrokenPromiseException($"{subscriber.Name} has approved, the notification was acknowledged, and "
                + $"the subscription is {subscriber.Subscription.Status}.");
        }
    }

    private static string StatusOf(JsonElement preapproval) => $"{preapproval.GetProperty("ID")} is "
        + $"{preapproval.GetProperty("Status").GetProperty("Info").GetString() ?? "open"}";

    private static string Mandate(JsonElement preapproval) =>
        preapproval.GetProperty("MandateReference").GetString() is { } reference ? $", mandate {reference}" : "";
}
