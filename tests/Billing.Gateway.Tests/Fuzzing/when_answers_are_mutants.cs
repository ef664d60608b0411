using System.Text;
using System.Text.Json;
using Billing.Api.Tests.Fuzzing;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Gateway.Tests.Calls;
using Billing.Gateway.Tests.Recorded;
using Billing.Gateway.Translation;

namespace Billing.Gateway.Tests.Fuzzing;

/// <summary>Every call of the door, answered with bodies that were right once: nothing is thrown, and nothing is concluded that does not stand there.</summary>
public sealed class when_answers_are_mutants : IDisposable
{
    private const int Preapproval = 4217;

    // What is retried for a read would take its time; a write is never retried.
    private static readonly int[] ReadStatuses = [200, 200, 200, 200, 200, 200, 201, 204, 302, 400, 401, 402, 403, 404];
    private static readonly int[] WriteStatuses = [.. ReadStatuses, 201, 201, 400, 400, 402, 408, 409, 418, 429, 500, 502, 503, 599];

    private static readonly byte[][] Payments =
    [
        .. new[] { "1", "2", "3", "4", "5", "11", "16", "19", "22", "26", "30", "35", "37" }.Select(status => Utf8(A.Payment(status: status))),
        Utf8(A.RefusedPayment("12")), Utf8(A.RefusedPayment("20", id: "3009284", status: "2")), Utf8(A.RefusedPayment("119", id: "3009284", status: "4")), Utf8("""{"Message":"An error has occurred."}"""),
    ];

    private static readonly byte[][] Mandates =
    [
        .. new[] { "create_46.answer", "read_46.answer", "change_46.answer", "close_46.answer" }.Select(Ours), Utf8(A.RefusedMandate("109", id: "4000")), Utf8(A.RefusedMandate("103")), Utf8(A.RefusedMandate("12", id: "4217")),
    ];

    private static readonly byte[][] PaymentLists = [Utf8(A.Payments(A.Row())), Utf8(A.Payments()), Utf8(A.Payments(A.Row(transaction: "another"))), Recording.Of("payments_of_46.answer")];
    private static readonly byte[][] MandateLists = [Recording.Of("preapprovals.answer"), Utf8($$"""{"Preapprovals":[{{Encoding.UTF8.GetString(Ours("read_46.answer"))[15..^1].TrimEnd().TrimEnd('}')}}}],"Error":null}""")];

    private static readonly RefundOrder Refund = new(A.Site, 3009284, "refund-1", new Money(500, "BRL"));

    private static readonly byte[][] Refunds =
    [
        .. new[] { "1", "2", "4", "22", "99" }.Select(status => Utf8($$"""{"Refund":{{RefundRow(status)}} }""")),
        .. new[] { "12", "18", "20" }.Select(code => Utf8($$$"""{"Refund":{"ID":0,"MerchantTransactionID":"refund-1","Amount":500,"Status":{"ID":null,"Info":null,"Reasons":[{"Code":"{{{code}}}","Info":"why"}]} } }""")),
    ];

    private static readonly byte[][] RefundLists = [Utf8($$"""{"Refunds":[{{RefundRow("2")}}]}"""), Utf8("""{"Refunds":[]}"""), Utf8($$"""{"Refunds":[{{RefundRow("2").Replace("refund-1", "another", StringComparison.Ordinal)}}],"Error":null}""")];
    private static readonly byte[][] RefundTypes = [Utf8("""{"RefundTypes":[{"ID":4,"Name":"Standard","AllowsPartialRefund":true,"Customer":null,"BillingAddress":null,"BankAddress":null,"Details":{"BankName":{"Required":true}}}]}""")];

    private readonly Mutants _mutants = new(A.Transaction, "another", "s2ptest_g107", "4217", "4218", "3009284", "3009285", "30201", "30202", "4990", "BRL", "refund-1");
    private readonly MutantGateway _gateway = new();

    [Fact]
    public async Task nothing_is_thrown_and_nothing_is_concluded_that_does_not_stand_there()
    {
        var told = 0;
        var calls = Calls();

        await Fuzz.EachAsync(Fuzz.Answers, async (number, random) =>
        {
            var (name, isRead, firsts, ask) = calls[number % calls.Count];
            _gateway.Given.Clear();
            _gateway.Answer = request =>
            {
                var bodies = request == 0 ? firsts : name == "find mandate" ? Mandates : Payments;
                var right = bodies[random.Next(bodies.Length)];
                var statuses = isRead ? ReadStatuses : WriteStatuses;

                // A right first answer lets the second one be reached; some of all stay right.
                return request == 0 && firsts != bodies && random.Next(2) == 0 || random.Next(10) == 0
                    ? (200, right)
                    : (statuses[random.Next(statuses.Length)], _mutants.Of(right, random));
            };

            try
            {
                var (answer, fault) = await ask();
                told += answer is ChargeAnswer.Told or MandateAnswer.Told or RefundAnswer.Told ? 1 : 0;
                Assert.True(fault is null, $"{answer}: {fault}");
            }
            catch (Exception error)
            {
                Assert.Fail(Fuzz.Case(number, $"{name} {string.Join(" then ", _gateway.Given.Select(it => $"{it.Status} {Encoding.UTF8.GetString(it.Body)}"))}: {error}"));
            }
        });

        // Enough got through the checks for them to have been tried.
        Assert.True(told > Fuzz.Answers / 50, $"{told} were told.");
    }

    public void Dispose() => _gateway.Dispose();

    private List<(string Name, bool IsRead, byte[][] Firsts, Func<Task<(object?, string?)>> Ask)> Calls() =>
    [
        ("charge", false, Payments, async () => Judged(await _gateway.Door.ChargeAsync(A.Charge, default))),
        ("find charge", true, PaymentLists, async () => Judged(await _gateway.Door.FindChargeAsync(A.Charge, default))),
        ("register", false, Mandates, async () => Judged(await _gateway.Door.RegisterAsync(A.Site, A.Mandate, default), "s2ptest_g107", null)),
        ("change", false, Mandates, async () => Judged(await _gateway.Door.ChangeMandateAsync(A.Site, Preapproval, A.Mandate, default), "s2ptest_g107", Preapproval)),
        ("close", false, Mandates, async () => Judged(await _gateway.Door.CloseMandateAsync(A.Site, Preapproval, default), null, Preapproval)),
        ("read", true, Mandates, async () => Judged(await _gateway.Door.ReadMandateAsync(A.Site, Preapproval, default), null, Preapproval)),
        ("find mandate", true, MandateLists, async () => Judged(await _gateway.Door.FindMandateAsync(A.Site, "s2ptest_g107", 50, default), "s2ptest_g107", null)),
        ("list mandates", true, MandateLists, async () => Judged((await _gateway.Door.ListMandatesAsync(A.Site, 50, default))?.Count, "Preapprovals")),
        ("list payments", true, PaymentLists, async () => Judged((await _gateway.Door.ListPaymentsAsync(A.Site, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, 1, default))?.Payments.Count, "Payments")),
        ("refund", false, Refunds, async () => Judged(await _gateway.Door.RefundAsync(Refund, default))),
        ("find refund", true, RefundLists, async () => Judged(await _gateway.Door.FindRefundAsync(Refund, default))),
        ("list refunds", true, RefundLists, async () => Judged((await _gateway.Door.ListRefundsAsync(A.Site, 3009284, default))?.Count, "Refunds")),
        ("refund types", true, RefundTypes, async () => Judged((await _gateway.Door.ReadRefundTypesAsync(A.Site, 3009284, default))?.Count, "RefundTypes")),
    ];

    private Answered Last => _gateway.Given[^1];

    // What the answer is, and what the books could do because of it that they should not.
    private (object?, string?) Judged(ChargeAnswer answer) => (answer, answer switch
    {
        ChargeAnswer.Told { Payment: var payment } => Last.Under("Payment") is { } it && IsOurs(it) && Answered.StatusOf(it) == payment.Gateway.StatusId && (Last.IsSuccess || Last.MayRefuse) ? null : "it is not our payment",
        ChargeAnswer.Refused refused => Last.MayRefuse && Last.Under("Payment") is { } it && Answered.TextOf(it, "MerchantTransactionID") == A.Transaction && Answered.CodesOf(it).Contains(refused.Code)
            && Answered.NumberOf(it, "ID") is null or <= 0 ? null : "nobody refused it",
        ChargeAnswer.Duplicate => Last.MayRefuse && Last.Under("Payment") is { } it && Answered.TextOf(it, "MerchantTransactionID") == A.Transaction && Answered.CodesOf(it).Contains("20") ? null : "nobody called it a duplicate",
        ChargeAnswer.NotFound => Last.IsSuccess && Last.Rows("Payments") is { } rows && rows.All(row => Answered.TextOf(row, "MerchantTransactionID") is { Length: > 0 } id && id != A.Transaction)
            && (Last.Number("TotalCount") ?? 0) <= rows.Count ? null : "it may be there",
        ChargeAnswer.Unknown => null,
        _ => "no such answer was given",
    });

    private (object?, string?) Judged(MandateAnswer answer, string? name, int? id) => (answer, answer switch
    {
        MandateAnswer.Told => Last.IsSuccess && Last.Under("Preapproval") is { } it && (name is null || Answered.TextOf(it, "MerchantPreapprovalID") == name) && (id is null || Answered.NumberOf(it, "ID") == id) ? null : "it is not our preapproval",
        MandateAnswer.Refused refused => Last.MayRefuse && Last.Under("Preapproval") is { } it && (name is null || Answered.IsUnsaidOr(it, "MerchantPreapprovalID", name)) && (id is null || Answered.IsUnsaidOr(it, "ID", $"{id}"))
            && Answered.CodesOf(it).Contains(refused.Code) ? null : "nobody refused it",
        MandateAnswer.NotFound => Last.Status == 404 || (Last.IsSuccess && Last.Rows("Preapprovals") is { } rows && rows.All(row => Answered.TextOf(row, "MerchantPreapprovalID") != name)) ? null : "it may be there",
        MandateAnswer.Unknown => null,
        _ => "no such answer was given",
    });

    private (object?, string?) Judged(RefundAnswer answer) => (answer, answer switch
    {
        RefundAnswer.Told { Refund: var refund } => ((Last.IsSuccess || Last.MayRefuse) && Last.Under("Refund") is { } it && IsOurRefund(it) && Answered.NumberOf(it, "ID") == refund.RefundId)
            || (Last.IsSuccess && Last.Rows("Refunds") is { } rows && rows.Any(row => IsOurRefund(row) && Answered.NumberOf(row, "ID") == refund.RefundId)) ? null : "it is not our refund",
        RefundAnswer.Refused refused => Last.MayRefuse && Last.Under("Refund") is { } it && Answered.TextOf(it, "MerchantTransactionID") == Refund.Reference && Answered.CodesOf(it).Contains(refused.Code)
            && Answered.NumberOf(it, "ID") is null or <= 0 && (Answered.StatusOf(it) is null or 0 || PaymentStatuses.MeaningOf((int)Answered.StatusOf(it)!) == PaymentStatus.Failed) ? null : "nobody refused it",
        RefundAnswer.Duplicate => Last.MayRefuse && Last.Under("Refund") is { } it && Answered.TextOf(it, "MerchantTransactionID") == Refund.Reference && Answered.CodesOf(it).Contains("20") ? null : "nobody called it a duplicate",
        RefundAnswer.NotFound => Last.IsSuccess && Last.Rows("Refunds") is { } rows && rows.All(row => Answered.TextOf(row, "MerchantTransactionID") is { Length: > 0 } id && id != Refund.Reference) ? null : "it may be there",
        RefundAnswer.Unknown => null,
        _ => "no such answer was given",
    });

    private (object?, string?) Judged(int? count, string root) => (count, count is null || (Last.IsSuccess && Last.Rows(root)?.Count == count) ? null : "the list has another length");

    private static bool IsOurs(JsonElement payment) =>
        Answered.TextOf(payment, "MerchantTransactionID") == A.Transaction && Answered.NumberOf(payment, "Amount") == A.Charge.Amount.Minor
        && Answered.IsUnsaidOr(payment, "Currency", "BRL") && Answered.IsUnsaidOr(payment, "PreapprovalID", $"{Preapproval}");

    private static bool IsOurRefund(JsonElement refund) =>
        Answered.TextOf(refund, "MerchantTransactionID") == Refund.Reference && Answered.NumberOf(refund, "Amount") == Refund.Amount.Minor
        && Answered.IsUnsaidOr(refund, "Currency", "BRL") && Answered.IsUnsaidOr(refund, "InitialPaymentID", $"{Refund.GatewayPaymentId}");

    private static string RefundRow(string status) =>
        $$"""{"ID":700,"Created":"20260301120000","MerchantTransactionID":"refund-1","OriginatorTransactionID":null,"InitialPaymentID":3009284,"Amount":"500","Currency":"BRL","Description":null,"TypeID":4,"SiteID":30201,"Details":null,"Customer":null,"Status":{"ID":{{status}},"Info":null,"Reasons":null} }""";

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    // The recorded preapproval under the names that are asked for here.
    private static byte[] Ours(string recording)
    {
        var whole = System.Text.Json.Nodes.JsonNode.Parse(Recording.Of(recording))!;
        (whole["Preapproval"]!["ID"], whole["Preapproval"]!["MerchantPreapprovalID"]) = (Preapproval, "s2ptest_g107");

        return Utf8(whole.ToJsonString());
    }
}
