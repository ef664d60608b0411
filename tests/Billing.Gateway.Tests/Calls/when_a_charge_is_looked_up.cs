using Billing.Domain.Gateway;

namespace Billing.Gateway.Tests.Calls;

[Keeps(Promise.UnknownIsAState)]
public class when_a_charge_is_looked_up
{
    private readonly StubGateway _stub = new();

    [Fact]
    public async Task it_is_listed_by_its_transaction_id_and_then_read()
    {
        var answer = await _stub.Answers(200, A.Payments(A.Row(transaction: "another", id: "1"), A.Row()))
            .Answers(200, A.Payment(status: "4")).Open().FindChargeAsync(A.Charge, default);

        Assert.Equal(
            [$"/v1/payments?merchantTransactionID={A.Transaction}&pageSize=50", "/v1/payments/3009284"],
            _stub.Calls.Select(seen => seen.PathAndQuery));
        Assert.Equal(PaymentStatus.Failed, Assert.IsType<ChargeResult.Confirmed>(answer).Value.State);
    }

    [Fact]
    public async Task an_empty_list_means_that_there_is_none() =>
        Assert.IsType<ChargeResult.NotFound>(
            await _stub.Answers(200, A.Payments()).Open().FindChargeAsync(A.Charge, default));

    [Fact]
    public async Task a_name_that_differs_in_case_is_another_charge() =>
        Assert.IsType<ChargeResult.NotFound>(
            await _stub.Answers(200, A.Payments(A.Row(transaction: A.Transaction.ToUpperInvariant()))).Open()
                .FindChargeAsync(A.Charge, default));

    public static TheoryData<int, string, string> CouldNotAsk => new()
    {
        { 404, A.Payments(), "http_404" },
        { 400, A.Payments(), "http_400" },
        { 401, "", "http_401" },
        { 200, "{}", "garbled" },
        { 200, "<html/>", "garbled" },
        { 200, """{"Payments":null,"Count":0}""", "garbled" },
        { 200, """{"Payments":[null],"Count":1}""", "garbled" },
        { 200, """{"Payments":[],"Count":0,"Error":"Something went wrong."}""", "garbled" },
        { 200, A.Payments(A.Row(id: "null")), "garbled" },
        { 200, """{"Payments":[],"Count":0,"TotalCount":10000,"TotalPages":200}""", "list_incomplete" },
        { 200, $$"""{"Payments":[{{A.Row(transaction: "another")}}],"Count":1,"TotalPages":2}""", "list_incomplete" },
        {
            200, $$"""{"Payments":[{{string.Join(',', Enumerable.Repeat(A.Row(transaction: "another"), 50))}}]}""",
            "list_incomplete"
        },
        { 200, A.Payments("""{"ID":1,"MerchantTransactionID":null}"""), "list_incomplete" },
        { 200, A.Payments(A.Row(amount: "\"1\"")), "mismatch_amount" },
        { 200, A.Payments(A.Row(), A.Row(id: "1", amount: "\"1\"")), "several_payments" },
    };

    [Theory]
    [MemberData(nameof(CouldNotAsk))]
    public async Task could_not_ask_is_never_not_found(int status, string body, string symptom) =>
        Assert.Equal(
            new ChargeResult.Unknown(symptom),
            await _stub.Answers(status, body).Open().FindChargeAsync(A.Charge, default));

    [Fact]
    public async Task a_row_that_cannot_be_read_afterwards_is_a_contradiction() => Assert.Equal(
        new ChargeResult.Unknown("listed_but_not_found"), await _stub.Answers(200, A.Payments(A.Row())).Answers(404)
            .Open().FindChargeAsync(A.Charge, default));

    [Theory]
    [InlineData("4", "1", 11)]
    [InlineData("4", "2", 11)]
    [InlineData("2", "4", 10)]
    [InlineData("2", "1", 10)]
    [InlineData("7", "16", 11)]
    [InlineData("99", "7", 10)]
    public async Task of_several_the_one_that_moved_money_is_read(string first, string second, int read)
    {
        var rows = A.Payments(A.Row(id: "10", status: first), A.Row(id: "11", status: second));

        await _stub.Answers(200, rows).Answers(200, A.Payment()).Open().FindChargeAsync(A.Charge, default);

        Assert.Equal($"/v1/payments/{read}", _stub.Calls[1].PathAndQuery);
    }

    public static TheoryData<string, string, string?> Duplicates => new()
    {
        { A.Row(amount: "\"5990\""), A.Payment(amount: "\"5990\""), null },
        { A.Row(currency: "\"USD\""), A.Payment(currency: "\"USD\""), null },
        { A.Row(amount: "\"5990\"", preapproval: "null"), A.Payment(amount: "\"5990\""), null },
        { A.Row(preapproval: "null"), A.Payment(amount: "\"5990\"", preapproval: "null"), "mismatch_amount" },
        { A.Row(preapproval: "null"), A.Payment(preapproval: "4218"), "mismatch_preapproval_id" },
        { A.Row(), A.Payment(amount: "null"), "mismatch_amount" },
        { A.Row(), A.Payment(amount: "\"5990\"", currency: "null"), "mismatch_amount" },
    };

    [Theory]
    [MemberData(nameof(Duplicates))]
    public async Task a_duplicate_may_have_another_amount_where_the_payment_names_our_preapproval(
        string row, string payment, string? symptom)
    {
        var answer = await _stub.Answers(200, A.Payments(row)).Answers(200, payment).Open()
            .FindChargeAsync(A.Charge with { IsDuplicate = true }, default);

        Assert.Equal(symptom, (answer as ChargeResult.Unknown)?.Symptom);
        Assert.Equal(symptom is null, answer is ChargeResult.Confirmed { Value.Amount: not null });
    }

    [Fact]
    public async Task a_preapproval_that_was_not_in_the_list_could_not_be_asked_for_when_the_list_failed()
    {
        Assert.Equal(
            new MandateResult.Unknown("http_500"),
            await _stub.Answers(500).Open().FindMandateAsync(A.Site, "s2ptest_g107", 50, default));
        Assert.Equal(
            new MandateResult.Unknown("garbled"),
            await new StubGateway().Answers(200, """{"Preapprovals":[{"ID":null}]}""").Open()
                .FindMandateAsync(A.Site, "s2ptest_g107", 50, default));
        Assert.Null(await new StubGateway().Answers(200, """{"Preapprovals":[],"Error":"no"}""").Open()
            .ListMandatesAsync(A.Site, 50, default));
        Assert.IsType<MandateResult.NotFound>(
            await new StubGateway().Answers(404).Open().ReadMandateAsync(A.Site, 4217, default));
    }
}
