using System.Text;
using Billing.Api.Tests.Fuzzing;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Gateway.Tests.Calls;
using Billing.Gateway.Tests.Recorded;

namespace Billing.Gateway.Tests.Fuzzing;

/// <summary>
/// Every call of the port, answered with mutated bodies: nothing is thrown, and every result is stated in the answer.
/// </summary>
public sealed partial class when_answers_are_mutants : IDisposable
{
    private const int Preapproval = 4217;

    // Without the statuses for which a read is retried: they take time. A write is never retried.
    private static readonly int[] ReadStatuses = [200, 200, 200, 200, 200, 200, 201, 204, 302, 400, 401, 402, 403, 404];
    private static readonly int[] WriteStatuses =
        [.. ReadStatuses, 201, 201, 400, 400, 402, 408, 409, 418, 429, 500, 502, 503, 599];

    private static readonly byte[][] Payments =
    [
        .. new[] { "1", "2", "3", "4", "5", "11", "16", "19", "22", "26", "30", "35", "37" }.Select(status =>
            Utf8(A.Payment(status: status))),
        Utf8(A.RefusedPayment("12")), Utf8(A.RefusedPayment("20", id: "3009284", status: "2")),
        Utf8(A.RefusedPayment("119", id: "3009284", status: "4")), Utf8("""{"Message":"An error has occurred."}"""),
    ];

    private static readonly byte[][] Mandates =
    [
        .. new[] { "create_46.answer", "read_46.answer", "change_46.answer", "close_46.answer" }.Select(Ours),
        Utf8(A.RefusedMandate("109", id: "4000")), Utf8(A.RefusedMandate("103")),
        Utf8(A.RefusedMandate("12", id: "4217")),
    ];

    private static readonly byte[][] PaymentLists =
    [
        Utf8(A.Payments(A.Row())), Utf8(A.Payments()), Utf8(A.Payments(A.Row(transaction: "another"))),
        Recording.Of("payments_of_46.answer"),
    ];
    private static readonly byte[][] MandateLists = [Recording.Of("preapprovals.answer"), Utf8("""{"Preapprovals":"""
        + $$"""[{{Encoding.UTF8.GetString(Ours("read_46.answer"))[15..^1].TrimEnd().TrimEnd('}')}}}],"Error":null}""")];

    private static readonly RefundOrder Refund = new(A.Site, 3009284, "refund-1", new Money(500, "BRL"));

    private static readonly byte[][] Refunds =
    [
        .. new[] { "1", "2", "4", "22", "99" }.Select(status => Utf8($$"""{"Refund":{{RefundRow(status)}} }""")),
        .. new[] { "12", "18", "20" }.Select(code => Utf8("""{"Refund":{"ID":0"""
            + ""","MerchantTransactionID":"refund-1","Amount":500,"Status":{"ID":null,"Info":null,"Reasons":"""
            + $$$"""[{"Code":"{{{code}}}","Info":"why"}]} } }""")),
    ];

    private static readonly byte[][] RefundLists = [
        Utf8($$"""{"Refunds":[{{RefundRow("2")}}]}"""), Utf8("""{"Refunds":[]}"""),
        Utf8($$"""{"Refunds":[{{RefundRow("2").Replace("refund-1", "another", StringComparison.Ordinal)}}]"""
            + ""","Error":null}""")
    ];
    private static readonly byte[][] RefundTypes = [Utf8("""{"RefundTypes":[{"ID":4"""
        + ""","Name":"Standard","AllowsPartialRefund":true,"Customer":null,"BillingAddress":null,"BankAddress":null"""
        + ""","Details":{"BankName":{"Required":true}}}]}""")];

    private readonly Mutants _mutants = new(
        A.Transaction, "another", "s2ptest_g107", "4217", "4218", "3009284", "3009285", "30201", "30202", "4990", "BRL",
        "refund-1");
    private readonly MutantGateway _gateway = new();

    [Fact]
    public async Task nothing_is_thrown_and_no_result_is_missing_from_the_answer()
    {
        var confirmed = 0;
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

                // An unchanged first answer leads to the second request; a tenth of all answers stay unchanged.
                return request == 0 && firsts != bodies && random.Next(2) == 0 || random.Next(10) == 0
                    ? (200, right)
                    : (statuses[random.Next(statuses.Length)], _mutants.Of(right, random));
            };

            try
            {
                var (answer, fault) = await ask();
                confirmed += answer is ChargeResult.Confirmed or MandateResult.Confirmed or RefundResult.Confirmed
                    ? 1
                    : 0;
                Assert.True(fault is null, $"{answer}: {fault}");
            }
            catch (Exception error)
            {
                Assert.Fail(
                    Fuzz.Case(
                        number,
                        $"{name} {string.Join(" then ", _gateway.Given.Select(Shown))}: {error}"));
            }
        });

        // Enough answers passed the checks.
        Assert.True(confirmed > Fuzz.Answers / 50, $"{confirmed} were confirmed.");
    }

    public void Dispose() => _gateway.Dispose();

    private List<(string Name, bool IsRead, byte[][] Firsts, Func<Task<(object?, string?)>> Ask)> Calls() =>
    [
        ("charge", false, Payments, async () => Judged(await _gateway.Port.ChargeAsync(A.Charge, default))),
        ("find charge", true, PaymentLists, async () => Judged(await _gateway.Port.FindChargeAsync(A.Charge, default))),
        (
            "register", false, Mandates,
            async () => Judged(await _gateway.Port.RegisterAsync(A.Site, A.Mandate, default), "s2ptest_g107", null)),
        (
            "change", false, Mandates,
            async () =>
                Judged(
                    await _gateway.Port.ChangeMandateAsync(A.Site, Preapproval, A.Mandate, default), "s2ptest_g107",
                    Preapproval)),
        (
            "close", false, Mandates,
            async () => Judged(await _gateway.Port.CloseMandateAsync(A.Site, Preapproval, default), null, Preapproval)),
        (
            "read", true, Mandates,
            async () => Judged(await _gateway.Port.ReadMandateAsync(A.Site, Preapproval, default), null, Preapproval)),
        (
            "find mandate", true, MandateLists,
            async () =>
                Judged(
                    await _gateway.Port.FindMandateAsync(A.Site, "s2ptest_g107", 50, default), "s2ptest_g107", null)),
        (
            "list mandates", true, MandateLists,
            async () => Judged((await _gateway.Port.ListMandatesAsync(A.Site, 50, default))?.Count, "Preapprovals")),
        (
            "list payments", true, PaymentLists,
            async () =>
                Judged(
                    (
                        await _gateway.Port.ListPaymentsAsync(
                            A.Site, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, 1, default))?.Payments.Count,
                    "Payments")),
        ("refund", false, Refunds, async () => Judged(await _gateway.Port.RefundAsync(Refund, default))),
        ("find refund", true, RefundLists, async () => Judged(await _gateway.Port.FindRefundAsync(Refund, default))),
        (
            "list refunds", true, RefundLists,
            async () => Judged((await _gateway.Port.ListRefundsAsync(A.Site, 3009284, default))?.Count, "Refunds")),
        (
            "refund types", true, RefundTypes,
            async () =>
                Judged((await _gateway.Port.ReadRefundTypesAsync(A.Site, 3009284, default))?.Count, "RefundTypes")),
    ];

    private Answered Last => _gateway.Given[^1];

    private static string RefundRow(string status) =>
        """{"ID":700,"Created":"20260301120000","MerchantTransactionID":"refund-1","OriginatorTransactionID":null"""
        + ""","InitialPaymentID":3009284,"Amount":"500","Currency":"BRL","Description":null,"TypeID":4,"SiteID":30201"""
        + $$""","Details":null,"Customer":null,"Status":{"ID":{{status}},"Info":null,"Reasons":null} }""";

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    // The recorded preapproval under the names that are asked for here.
    private static byte[] Ours(string recording)
    {
        var whole = System.Text.Json.Nodes.JsonNode.Parse(Recording.Of(recording))!;
        (whole["Preapproval"]!["ID"], whole["Preapproval"]!["MerchantPreapprovalID"]) = (Preapproval, "s2ptest_g107");

        return Utf8(whole.ToJsonString());
    }

    private static string Shown(Answered it) => $"{it.Status} {Encoding.UTF8.GetString(it.Body)}";
}
