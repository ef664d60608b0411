namespace Billing.Gateway.Tests.Calls;

public class when_payments_are_listed
{
    private static readonly DateTimeOffset From = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task a_window_is_asked_for_oldest_first_a_page_at_a_time()
    {
        var stub = new StubGateway().Answers(200, A.Payments(A.Row()));

        var page = await stub.Open().ListPaymentsAsync(A.Site, From, From.AddDays(1), 1, default);

        Assert.Equal(
            "/v1/payments?startDate=20260301000000&endDate=20260302000000&sortDirection=asc&pageSize=50&pageIndex=1",
            Assert.Single(stub.Calls).PathAndQuery);
        Assert.True(page!.IsLast);
        Assert.Equal(
            (A.Transaction, 2),
            (Assert.Single(page.Payments).MerchantTransactionId, page.Payments[0].Gateway.StatusId));
    }

    [Theory]
    [InlineData("\"TotalPages\":3", false)]
    [InlineData("\"TotalPages\":2", true)]
    public async Task the_gateway_says_whether_more_follows(string pages, bool isLast)
    {
        var body = A.Payments(A.Row()).Replace("\"TotalPages\":1", pages).Replace("\"PageIndex\":1", "\"PageIndex\":2");

        Assert.Equal(
            isLast,
            (
                await new StubGateway().Answers(200, body).Open()
                    .ListPaymentsAsync(A.Site, From, From, 2, default))!.IsLast);
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(200, "<html>")]
    [InlineData(200, """{"Payments":null}""")]
    [InlineData(200, """{"Payments":[null]}""")]
    [InlineData(200, """{"Payments":[],"Error":"no"}""")]
    [InlineData(200, """{"Payments":[],"PageIndex":7}""")]
    public async Task what_is_no_page_is_none(int status, string body) =>
        Assert.Null(
            await new StubGateway().Answers(status, body).Open().ListPaymentsAsync(A.Site, From, From, 1, default));
}
