using Billing.Domain;
using Billing.Gateway.Requests;
using Billing.Gateway.Translation;

namespace Billing.Gateway.Tests.Requests;

public class when_a_storefront_charges
{
    private const string Recurrent = """{"Payment":{"PreapprovalID":13199"""
        + ""","MerchantTransactionID":"s2ptest_h13","Amount":100,"Currency":"EUR","MethodID":84}}""";

    [Fact]
    public void a_recurrent_payment_is_read_in_hundredths()
    {
        var request = Charge("""{"Amount":"499000","Currency":"KRW","Description":"March","MethodID":1135"""
            + ""","BillingAddress":{"Country":"KR"},"ExecutionDate":"20200805"}""");

        Assert.Equal(
            new RecurrentRequest(13199, "s2ptest_h13", new Money(4990, "KRW"), "March", 1135, "KR", "20200805", null),
            request);
    }

    [Theory]
    [InlineData("""{"PreapprovalID":null}""", "115")]
    [InlineData("""{"PreapprovalID":0}""", "115")]
    [InlineData("""{"PreapprovalID":-1}""", "12")]
    [InlineData("""{"PreapprovalID":"x"}""", "12")]
    [InlineData("""{"MerchantTransactionID":null}""", "1")]
    [InlineData("""{"MerchantTransactionID":"with blank"}""", "2")]
    [InlineData("""{"Amount":null}""", "118")]
    [InlineData("""{"Amount":0}""", "118")]
    [InlineData("""{"Amount":-100}""", "118")]
    [InlineData("""{"Amount":1.5}""", "118")]
    [InlineData("""{"Amount":[]}""", "118")]
    [InlineData("""{"Amount":150,"Currency":"KRW"}""", "118")]
    [InlineData("""{"Currency":null}""", "100")]
    [InlineData("""{"Currency":"XXX"}""", "100")]
    [InlineData("""{"MethodID":-1}""", "5")]
    [InlineData("""{"BillingAddress":{"Country":"QQ"}}""", "120")]
    public void a_wrong_recurrent_payment_is_refused_with_the_gateway_s_code(string change, string code) =>
        Assert.Equal(code, Assert.Throws<RuleViolation>(() => Charge(change)).Code);

    [Fact]
    public void a_refused_payment_echoes_what_it_is_known_by()
    {
        var refused = RefusalWriter.Payment("20", "why", Change.Of("""{"Amount":100}""", Recurrent)).Payment!;

        Assert.Equal(
            (null, "s2ptest_h13", "100", "EUR", null, "20"),
            (
                refused.ID, refused.MerchantTransactionID, refused.Amount!.Value.Text, refused.Currency,
                refused.Status!.ID, refused.Status.Reasons![0].Code));
    }

    private static RecurrentRequest Charge(string change) =>
        RecurrentRequestReader.Read(Change.Of(change, Recurrent), WireMoney.Default);
}
