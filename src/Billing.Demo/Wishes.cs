using System.Net;
using System.Text.Json.Nodes;

namespace Billing.Demo;

/// <summary>What a shop wants beside the schedule: something extra, a pause, another price.</summary>
internal sealed class Wishes(Storefront storefront, BusinessTime time, Checks checks)
{
    private const string ExtraId = "demo-extra-1";

    public async Task ChargeExtraAsync(Subscriber subscriber, Money price)
    {
        var first = await storefront.ChargeAsync(subscriber.Id, ExtraId, price, "One extra episode");
        var second = await storefront.ChargeAsync(subscriber.Id, ExtraId, price, "One extra episode");
        var third = await storefront.ChargeAsGlobalPayDoesAsync(new JsonObject
        {
            ["Payment"] = new JsonObject
            {
                ["PreapprovalID"] = subscriber.GatewayId, ["MerchantTransactionID"] = ExtraId,
                ["Amount"] = price.Hundredths, ["Currency"] = price.Currency,
                ["Description"] = "One extra episode",
            },
        });
        await time.SettleAsync();

        var code = third.Status == HttpStatusCode.BadRequest ? third.Codes("Payment").FirstOrDefault() : null;
        Print.Line($"{subscriber.Name}: {price}, {first.Status}; the same once more on our path: {second.Status}; as "
            + $"GlobalPay spells it: {(int)third.Status}, code {code}");
        checks.That(
            "A repeated id meets the same answer, or code 20, and no second charge",
            first.IsCharged && code == "20"
            && (second.Status, second.GatewayPaymentId) == (first.Status, first.GatewayPaymentId),
            $"{first} {second} {third.Body}");
    }

    public async Task PauseAsync(Subscriber subscriber)
    {
        var (due, paid) = (subscriber.Subscription.NextDue!.On, subscriber.Paid);
        await storefront.PauseAsync(subscriber.Id);
        await time.UntilAsync(
            "a due date that passes while paused", () => subscriber.Subscription.LastDecidedOn >= due);

        await storefront.ResumeAsync(subscriber.Id);
        await time.SettleAsync();
        subscriber.Paused.Add(due);
        Print.Line($"{subscriber.Name} is paused before {due:O} and resumed after it; next due "
            + $"{subscriber.Subscription.NextDue?.On:O}");

        var skipped = (await storefront.EventsAsync(subscriber.Id)).Where(e => e.Type == "charge_skipped")
            .Select(e => $"{e.Data.GetProperty("Period").GetProperty("DueOn")} {e.Text("Reason")}");
        checks.Same("The paused period was skipped, and says why", [$"{due:O} paused"], skipped);
        checks.That("Nothing was charged for it", subscriber.Paid == paid, $"{subscriber.Paid - paid} payments");
    }

    /// <summary>The customer is on holiday; a year later an auditor asks for that date.</summary>
    public async Task SkipAsync(Subscriber subscriber)
    {
        var due = subscriber.Subscription.NextDue!.On;
        await storefront.SkipAsync(subscriber.Id, due);
        await time.SettleAsync();
        subscriber.Skipped.Add(due);
        Print.Line($"{subscriber.Name}: the period of {due:O} is skipped; next due "
            + $"{subscriber.Subscription.NextDue?.On:O}");
        await time.UntilAsync(
            "a skipped due date that has passed", () => subscriber.Subscription.LastDecidedOn >= due);

        var answer = await storefront.ExplainAsync(subscriber.Id, due);
        Print.Line($"explain {due:O}: {answer.Decision}, {answer.Reason}");
        Print.Detail(string.Join(' ', answer.Sentences));
        checks.That(
            "The history says who skipped it",
            answer is { Decision: "skipped", Reason: "skipped_by_merchant" }, answer.ToString());
    }

    public async Task RaisePriceAsync(Subscriber subscriber, Money price)
    {
        var old = subscriber.Price;
        var changed = await storefront.ChangeAsync(
            subscriber.GatewayId, Requests.Read("mercadopago-change.json").WithSchedule(price));
        subscriber.RaisePrice(price);
        await time.SettleAsync();
        Print.Line($"{subscriber.Name}: {old} until {subscriber.Subscription.LastDecidedOn:O}, {price} from "
            + $"{subscriber.Subscription.NextDue?.On:O}; described as "
            + $"\"{changed.GetProperty("Description").GetString()}\"");
        checks.That(
            "The change is a new revision of the schedule, from the next undecided period",
            subscriber.Subscription.Schedule is { Revision: 2 } schedule
            && new Money(schedule.AmountMinor, schedule.Currency) == price,
            $"{subscriber.Subscription.Schedule}");
    }
}
