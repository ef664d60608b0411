using System.Text;
using Billing.Api.Tests.Fuzzing;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using Billing.Gateway.Notifications;
using Billing.Gateway.Tests.Calls;
using Billing.Gateway.Tests.Recorded;
using Billing.Gateway.Translation;
using Past = Billing.Domain.Tests.Specs.A;

namespace Billing.Gateway.Tests.Fuzzing;

/// <summary>The reader of notifications and the decisions behind it, fed with bodies that were right once.</summary>
public class when_notifications_are_mutants
{
    private static readonly byte[][] Right =
    [
        Recording.Of("opened_46.notification"), Recording.Of("opened_84.notification"), Recording.Of(
            "opened_1135.notification"),
        .. new[] { "1", "2", "4", "11", "16", "19", "21", "22", "23", "24", "26", "35", "99" }.Select(status =>
            Encoding.UTF8.GetBytes(A.Payment(status: status))),
        """
        {"Refund":{"ID":5,"Created":"20260301120000","MerchantTransactionID":"r-1","InitialPaymentID":3009284,
        "Amount":100,"Currency":"BRL","TypeID":4,"Status":{"ID":2,"Info":"Success","Reasons":null}}}
        """u8.ToArray(),
        """
        {"Dispute":{"ID":6,"SiteID":30201,"PaymentID":3009284,"Amount":"4990","Currency":"BRL",
        "Status":{"ID":1,"Info":"Open","Reasons":[]}}}
        """u8.ToArray(),
    ];

    // A charge that is sent, one that is charged and one that failed: each kind of update meets each.
    private static readonly Preapproval[] Known =
    [
        Fold([.. Past.Open, Past.Sent(Past.March)]),
        Fold([.. Past.Open, Past.Sent(Past.March), Past.Charged(Past.March)]),
        Fold([.. Past.Open, Past.Sent(Past.March), Past.Failed(Past.March)]),
        Fold([.. Past.Open, Past.Sent(Past.March), Past.Unknown(Past.March)]),
    ];

    private readonly Mutants _mutants = new(
        A.Transaction, Past.March.MerchantTransactionId, "s2ptest_g107", "5001", "4217", "3009285", "30202", "USD");

    [Fact]
    public async Task nothing_is_thrown_what_is_read_stands_there_and_whatever_is_decided_folds()
    {
        var (read, types) = (
            0,
            new[]
            {
                null, "application/json", "text/plain; charset=utf-16", "application/json; charset=iso-8859-1",
                "charset="
            });

        await Fuzz.EachAsync(Fuzz.Notifications, (number, random) =>
        {
            var body = _mutants.Of(Right[random.Next(Right.Length)], random);
            var type = types[random.Next(types.Length)];

            try
            {
                var utf8 = NotificationText.Utf8Of(body, type);
                var update = NotificationReader.Read(utf8, WireMoney.Default);
                read += update is GatewayUpdate.Unreadable ? 0 : 1;
                AssertIsStated(update, new Answered(200, utf8.ToArray()));
                Decide(update, Known[random.Next(Known.Length)]);
            }
            catch (Exception error)
            {
                Assert.Fail(Fuzz.Case(number, $"{type} {Encoding.UTF8.GetString(body)}: {error}"));
            }

            return Task.CompletedTask;
        });

        Assert.True(read > Fuzz.Notifications / 10 && read < Fuzz.Notifications, $"{read} were read.");
    }

    private static void AssertIsStated(GatewayUpdate update, Answered it)
    {
        switch (update)
        {
            case GatewayUpdate.OfPayment { Payment: var payment }:
                var said = it.Under("Payment")!.Value;
                Assert.Equal(
                    (payment.MerchantTransactionId, payment.Gateway.StatusId),
                    (Answered.TextOf(said, "MerchantTransactionID"), (int?)Answered.StatusOf(said)));
                Assert.True(
                    payment.Amount is null
                        || (payment.Amount.Value.Minor, payment.Amount.Value.Currency) == (
                            Answered.NumberOf(said, "Amount"),
                            Answered.TextOf(said, "Currency")) || payment.Amount.Value.Currency is not "BRL");
                Assert.True(payment.State == PaymentStatuses.MeaningOf(payment.Gateway.StatusId));
                break;
            case GatewayUpdate.OfMandate { Mandate: var mandate }:
                var preapproval = it.Under("Preapproval")!.Value;
                Assert.Equal(
                    (mandate.Gateway.PreapprovalId, (long?)mandate.Gateway.StatusId),
                    (Answered.NumberOf(preapproval, "ID"), Answered.StatusOf(preapproval)));
                break;
            case GatewayUpdate.Unreadable { Reason: var reason }:
                Assert.DoesNotContain("Exception", reason, StringComparison.Ordinal);
                Assert.DoesNotContain("   at ", reason, StringComparison.Ordinal);
                break;
        }
    }

    // Decides as the product would for a body that matches the charge: a stream that does not fold throws.
    private static void Decide(GatewayUpdate update, Preapproval known)
    {
        var decided = update switch
        {
            GatewayUpdate.OfPayment { Payment: var payment } => PreapprovalDecider.RecordOutcome(
                known, new ChargeUpdate(
                    Past.March.MerchantTransactionId, new ChargeResult.Confirmed(payment),
                    LearntFrom.Notification), Past.LookUps, Past.Noon, Past.Noon),
            GatewayUpdate.OfMandate { Mandate: var mandate } =>
                PreapprovalDecider.RecordMandate(
                    known, mandate, [], LearntFrom.Notification, new SiteCalendar(Past.SiteZone), Past.Noon),
            _ => [],
        };

        _ = decided.Aggregate(known, Preapproval.Fold);
    }

    private static Preapproval Fold(IEnumerable<PreapprovalEvent> history) =>
        history.Aggregate((Preapproval?)null, Preapproval.Fold)!;
}
