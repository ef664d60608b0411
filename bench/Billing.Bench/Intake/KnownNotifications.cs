using System.Text;
using Billing.Api;
using Billing.Bench.Appending;
using Billing.Bench.Harness;
using Billing.Domain;
using Billing.Domain.Preapprovals;
using Billing.Domain.Scheduling;
using Billing.EventStore;
using Npgsql;

namespace Billing.Bench.Intake;

/// <summary>Books that know 5,000 preapprovals with a pending payment each, and two notifications for each of them, shaped as the gateway writes them.</summary>
internal static class KnownNotifications
{
    public const string GatewayKey = "gateway-key-30201";

    /// <summary>Where a request has its own number, so that it can be found again among the kept headers.</summary>
    public const string Number = "0000000000";

    private const int Preapprovals = 5_000;
    private static readonly DateTimeOffset Start = new(2026, 1, 31, 9, 0, 0, TimeSpan.Zero);
    private static readonly string Credentials = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Ledger.Tenant}:{GatewayKey}"));

    /// <returns>Whole requests, each with <see cref="Number"/> in one of its headers.</returns>
    public static async Task<IReadOnlyList<byte[]>> CreateAsync(NpgsqlDataSource books, byte[] masterKey, BenchRun run)
    {
        run.Say($"opening {Preapprovals:N0} preapprovals with a pending payment each");
        var store = new EventStore.EventStore(books, Projections.Of(new Sealer(masterKey)));
        List<StreamKey> known = [.. Enumerable.Range(1, Preapprovals).Select(_ => Customers.NewKey())];

        foreach (var some in known.Chunk(200))
        {
            await store.AppendManyAsync([.. some.Select(key => new StreamAppend(key, 0, Events(key), Customers.By))], default);
        }

        await Ledger.ExecuteAsync(books, "analyze");
        await using var command = books.CreateCommand("select gateway_preapproval_id, merchant_preapproval_id, preapproval_id from subscriptions order by 1");
        await using var row = await command.ExecuteReaderAsync();
        var requests = new List<byte[]>();

        while (await row.ReadAsync())
        {
            var (id, merchantId, stream) = (row.GetInt64(0), row.GetString(1), row.GetGuid(2));
            requests.Add(Request(Preapproval(id, merchantId)));
            requests.Add(Request(Payment(id, $"bench-{stream:N}")));
        }

        return requests;
    }

    private static PreapprovalEvent[] Events(StreamKey key)
    {
        var far = new Schedule(1, new Money(990, "BRL"), 1, ScheduleUnit.Month, new DateOnly(2099, 1, 31), new DateOnly(2099, 1, 31), "America/Sao_Paulo", null, null, CatchUp.LatestOnly);
        var charge = ChargeId.OnDemand($"bench-{key.Id:N}");
        var amount = new Money(990, "BRL");

        return
        [
            .. Customers.Subscribing(key),
            new PreapprovalOpened(key.Id, 2, "Open", null, LearntFrom.Notification, Start),
            new ScheduleSet(key.Id, far, Start),
            new ChargeRequested(key.Id, charge, amount, ChargeOrigin.OnDemand, 1, Start, null, null, null, Start),
            new PaymentPending(key.Id, charge, amount, null, new GatewayPayment(null, null, 7, "PendingOnProvider", null, null), ChargeOrigin.OnDemand, 1, LearntFrom.Answer, 0, Start.AddYears(70), null, Start),
        ];
    }

    private static byte[] Request(string body) => Encoding.ASCII.GetBytes(
        $"POST /v1/notifications HTTP/1.1\r\nHost: billing.example\r\nAuthorization: Basic {Credentials}\r\nContent-Type: application/json; charset=utf-8\r\n"
        + $"User-Agent: GlobalPay/1.0\r\nX-Number: {Number}\r\nContent-Length: {body.Length}\r\n\r\n{body}");

    private static string Preapproval(long id, string merchantId) =>
        $$$"""
        {"Preapproval":{"ID":{{{id}}},"Created":"20260131090000","MethodID":46,"SiteID":30201,"MerchantPreapprovalID":"{{{merchantId}}}","RecurringPeriod":0,"PreapprovedMaximumAmount":null,"Currency":"BRL","ReturnURL":"https://shop.example/return","Description":"1 year subscription","Customer":{"ID":{{{2_000_000 + id}}},"MerchantCustomerID":"customer-{{{id}}}","Email":"customer-{{{id}}}@example.com","FirstName":"Ada","LastName":"Example","Gender":"1","SocialSecurityNumber":"00003456789","Phone":"+55 11 5555","Company":null,"DateOfBirth":"19800101"},"BillingAddress":{"ID":{{{600 + id}}},"City":"Rio de Janeiro","ZipCode":"01000-000","State":"SP","Street":"Rua Exemplo","StreetNumber":"1","HouseNumber":null,"HouseExtension":null,"Country":"BR"},"Status":{"ID":2,"Info":"Open","Reasons":null},"RedirectURL":null,"MethodOptionID":0,"PreapprovedFrequency":null,"MandateReference":null,"Details":null}}
        """;

    private static string Payment(long preapprovalId, string merchantTransactionId) =>
        $$$"""
        {"Payment":{"ID":{{{7_000_000 + preapprovalId}}},"SkinID":null,"ClientIP":null,"Created":"20260131090000","MerchantTransactionID":"{{{merchantTransactionId}}}","OriginatorTransactionID":null,"Amount":"990","Currency":"BRL","CapturedAmount":"990","ReturnURL":null,"Description":"1 year subscription","MethodID":46,"MethodOptionID":0,"IncludeMethodIDs":null,"ExcludeMethodIDs":null,"PrioritizeMethodIDs":null,"SiteID":30201,"NotificationDateTime":"20260131090500","Customer":{"ID":{{{2_000_000 + preapprovalId}}},"MerchantCustomerID":"customer-{{{preapprovalId}}}","Email":"customer-{{{preapprovalId}}}@example.com","FirstName":"Ada","LastName":"Example","Gender":"1","SocialSecurityNumber":"00003456789","Phone":"+55 11 5555","Company":null,"DateOfBirth":"19800101"},"BillingAddress":{"ID":{{{600 + preapprovalId}}},"City":"Rio de Janeiro","ZipCode":"01000-000","State":"SP","Street":"Rua Exemplo","StreetNumber":"1","HouseNumber":null,"HouseExtension":null,"Country":"BR"},"ShippingAddress":null,"Articles":null,"Details":{"AccountNumber":null,"AccountHolder":"Ada Example","IBAN":null,"BIC":null,"PrepaidCard":null,"PrepaidCardPIN":null,"SerialNumbers":null,"Wallet":null,"ReferenceNumber":null,"PayerCountry":"BR","PayerEmail":"customer-{{{preapprovalId}}}@example.com","PayerPhone":null},"ReferenceDetails":null,"CustomParameters":null,"PreapprovalID":{{{preapprovalId}}},"Status":{"ID":2,"Info":"Success","Reasons":null},"MethodTransactionID":"46-{{{preapprovalId}}}","TokenLifetime":null,"Capture":null,"PreapprovalDetails":null,"RedirectURL":null}}
        """;
}
