using System.Text;
using Billing.Domain.Gateway;

namespace Billing.Gateway.Tests.Calls;

[Keeps(Promise.UnknownIsAState)]
public class when_the_outcome_is_unknown
{
    private readonly StubGateway _stub = new();

    public static TheoryData<int, string, string> Undecided => new()
    {
        { 500, "", "http_500" },
        { 502, "<html>Bad Gateway</html>", "http_502" },
        { 503, "{}", "http_503" },
        { 408, "", "http_408" },
        { 429, "", "http_429" },
        { 401, """{"Message":"Authorization has been denied for this request."}""", "http_401" },
        { 403, "", "http_403" },
        { 407, "", "http_407" },
        { 302, "", "http_302" },
        { 400, "", "http_400" },
        { 400, "<html>Bad Request</html>", "http_400" },
        { 400, """{"Message":"An error has occurred."}""", "http_400" },
        { 404, "<html>Not Found</html>", "http_404" },
        { 200, "<html>Welcome</html>", "garbled" },
        { 200, "", "garbled" },
        { 201, "null", "garbled" },
        { 201, "{}", "garbled" },
        { 201, """{"Payment":{"ID":3009""", "garbled" },
        { 201, """{"Payment":null,"Preapproval":null}""", "garbled" },
        { 201, """{"Payment":{},"Preapproval":{}}""", "garbled" },
        { 201, """{"Payment":{"ID":"x"},"Preapproval":{"ID":"x"}}""", "garbled" },
        {
            201, """{"Payment":{"ID":1,"Description":"\u0000"},"Preapproval":{"ID":1,"Description":"\u0000"}}""",
            "garbled"
        },
    };

    [Theory]
    [MemberData(nameof(Undecided))]
    public async Task no_answer_of_that_kind_decides_a_charge(int status, string body, string symptom) =>
        Assert.Equal(
            new ChargeResult.Unknown(symptom), await _stub.Answers(status, body).Open().ChargeAsync(A.Charge, default));

    [Theory]
    [MemberData(nameof(Undecided))]
    public async Task no_answer_of_that_kind_decides_a_creation(int status, string body, string symptom) =>
        Assert.Equal(
            new MandateResult.Unknown(symptom),
            await _stub.Answers(status, body).Open().RegisterAsync(A.Site, A.Mandate, default));

    [Theory]
    [MemberData(nameof(Undecided))]
    public async Task no_answer_of_that_kind_decides_a_change(int status, string body, string symptom) =>
        Assert.Equal(
            new MandateResult.Unknown(symptom),
            await _stub.Answers(status, body).Open().ChangeMandateAsync(A.Site, 4217, A.Mandate, default));

    [Theory]
    [MemberData(nameof(Undecided))]
    public async Task no_answer_of_that_kind_decides_a_close(int status, string body, string symptom) =>
        Assert.Equal(
            new MandateResult.Unknown(symptom),
            await _stub.Answers(status, body).Open().CloseMandateAsync(A.Site, 4217, default));

    [Theory]
    [InlineData("\"0\"", "code_0")]
    [InlineData("14", "code_14")]
    [InlineData("\"15\"", "code_15")]
    [InlineData("16", "code_16")]
    [InlineData("\"112\"", "code_112")]
    [InlineData("null", "http_400")]
    [InlineData("\"oops\"", "http_400")]
    public async Task codes_that_only_say_that_something_went_wrong_decide_nothing(string code, string symptom) =>
        Assert.Equal(
            new ChargeResult.Unknown(symptom),
            await _stub.Answers(400, A.RefusedPayment(code)).Open().ChargeAsync(A.Charge, default));

    [Fact]
    public async Task an_undecided_code_outweighs_the_others() => Assert.Equal(
        new ChargeResult.Unknown("code_14"),
        await _stub.Answers(400, A.RefusedPayment("118},{\"Code\":14")).Open().ChargeAsync(A.Charge, default));

    [Fact]
    public async Task an_undecided_code_leaves_a_creation_open() => Assert.Equal(
        new MandateResult.Unknown("code_112"), await _stub.Answers(
            400, A.RefusedMandate("112")).Open().RegisterAsync(A.Site, A.Mandate, default));

    [Fact]
    public async Task a_time_out_is_not_a_failure() =>
        Assert.Equal(
            new ChargeResult.Unknown("timeout"),
            await _stub.Hangs().Open(("Gateway:TimeoutSeconds", "1")).ChargeAsync(A.Charge, default));

    [Theory]
    [InlineData(HttpRequestError.ResponseEnded, "connection_lost")]
    [InlineData(HttpRequestError.Unknown, "connection_lost")]
    public async Task a_broken_connection_is_not_a_failure(HttpRequestError error, string symptom) =>
        Assert.Equal(
            new ChargeResult.Unknown(symptom),
            await _stub.Fails(new HttpRequestException(error)).Open().ChargeAsync(A.Charge, default));

    [Fact]
    public async Task an_answer_beyond_all_measure_is_not_read() => Assert.Equal(
        new ChargeResult.Unknown("answer_too_large"), await _stub.Answers(
            201, new string(' ', 1024 * 1024) + A.Payment()).Open().ChargeAsync(A.Charge, default));

    [Fact]
    public async Task only_the_caller_s_own_cancellation_throws()
    {
        using var caller = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _stub.Hangs().Open().ChargeAsync(A.Charge, caller.Token));
    }

    [Fact]
    public async Task the_log_tells_the_symptom_and_no_secret()
    {
        await _stub.Answers(201, A.Payment(amount: "\"1\"")).Open().ChargeAsync(A.Charge, default);
        await _stub.Open().RegisterAsync(A.Site, A.Mandate, default);

        Assert.Contains("mismatch_amount", _stub.Log.All);
        Assert.Contains("v1/payments/recurrent", _stub.Log.All);
        foreach (var secret in new[]
        {
            A.Key, Convert.ToBase64String(Encoding.UTF8.GetBytes($"{A.Site}:{A.Key}")), "testuser.com", A.Transaction,
            "Tonelero"
        })
        {
            Assert.DoesNotContain(secret, _stub.Log.All);
        }
    }
}
