using Billing.Api.Charging;
using Billing.Domain.Preapprovals;
using Billing.Messaging;

namespace Billing.Api.Refunding;

/// <summary>A period was paid twice: the payment that came to light last goes back, where <see cref="Settings.RefundPaidTwice"/> says so.</summary>
public sealed record RefundPaidTwice(string Tenant, Guid PreapprovalId, string MerchantTransactionId)
{
    public Guid MessageId => DerivedId.Of("refund_paid_twice", Tenant, MerchantTransactionId);
}

public static class RefundPaidTwiceHandler
{
    public static (Events, OutgoingMessages) Handle(RefundPaidTwice command, Preapproval? state, bool isOn, DateTimeOffset now)
    {
        var events = isOn ? PreapprovalDecider.RefundPaidTwice(state!, command.MerchantTransactionId, now) : [];

        return ([.. events], RefundSubmissions.For(command.Tenant, events.Aggregate(state!, Preapproval.Evolve), events));
    }
}
