using System.Globalization;
using System.Text.Json;
using Billing.Sandbox.Calls;
using Billing.Sandbox.Clock;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;

namespace Billing.Sandbox.Tools;

/// <summary>
/// POST /sandbox/fixtures: stores rows as given, for history that no call could make; sends no notification.
/// </summary>
internal sealed class Fixtures(Store store, Numbers numbers, SandboxClock clock, SandboxSettings settings)
{
    public object Load(JsonElement body)
    {
        var fields = new Fields(body);
        return new
        {
            Preapprovals = fields.Items("Preapprovals").Select(LoadPreapproval).ToArray(),
            Payments = fields.Items("Payments").Select(LoadPayment).ToArray(),
        };
    }

    private int LoadPreapproval(Fields given)
    {
        var customer = given.Part("Customer").Customer();
        var address = given.Part("BillingAddress").Address();
        var owner = Owner(given);
        return store.Save(new Preapproval
        {
            Id = given.Number("ID") ?? numbers.NextPreapproval(),
            Created = given.Text("Created") ?? clock.Stamp,
            SiteId = owner,
            ShownSiteId = given.Number("SiteID") ?? owner,
            MethodId = given.Number("MethodID") ?? 46,
            MerchantPreapprovalId = given.Text("MerchantPreapprovalID"),
            RecurringPeriod = given.Number("RecurringPeriod") ?? 0,
            MaximumAmount = given.Number("PreapprovedMaximumAmount"),
            Currency = given.Text("Currency"),
            ReturnUrl = given.Text("ReturnURL"),
            Description = given.Text("Description"),
            Customer = customer is { Id: 0, Email: { } email }
                ? customer with { Id = numbers.CustomerOf(owner, email) }
                : customer,
            BillingAddress = address is { Id: 0 } ? address with { Id = numbers.NextAddress() } : address,
            StatusId = given.Part("Status").Number("ID") ?? PreapprovalStatus.Open,
            RedirectUrl = given.Text("RedirectURL"),
            MethodOptionId = given.Number("MethodOptionID") ?? 0,
            MandateReference = given.Text("MandateReference"),
        }).Id;
    }

    private int LoadPayment(Fields given)
    {
        var owner = Owner(given);
        var reasons = given.Part("Status")
            .Items("Reasons")
            .Select(r => new Reason(r.Text("Code") ?? "0", r.Text("Info")))
            .ToArray();
        return store.Save(new Payment
        {
            Id = given.Number("ID") ?? numbers.NextPayment(),
            Created = given.Text("Created") ?? clock.Stamp,
            SiteId = owner,
            ShownSiteId = given.Number("SiteID") ?? owner,
            MerchantTransactionId = given.Text("MerchantTransactionID"),
            Amount = long.TryParse(given.Text("Amount"), CultureInfo.InvariantCulture, out var amount) ? amount : null,
            Currency = given.Text("Currency"),
            Description = given.Text("Description"),
            MethodId = given.Number("MethodID") ?? 46,
            NotificationDateTime = given.Text("NotificationDateTime"),
            Customer = given.Part("Customer").Customer(),
            BillingAddress = given.Part("BillingAddress").Address(),
            PreapprovalId = given.Number("PreapprovalID"),
            StatusId = given.Part("Status").Number("ID") ?? PaymentStatus.Success,
            Reasons = reasons.Length == 0 ? null : reasons,
        }).Id;
    }

    // KakaoPay's rows say a SiteID that no merchant here has; they belong to the first site then.
    private int Owner(Fields given) =>
        given.Number("SiteID") is { } site && settings.Sites.ContainsKey(site) ? site : settings.Sites.Keys.Min();
}
