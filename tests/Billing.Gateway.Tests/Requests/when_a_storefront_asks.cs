using System.Text;
using System.Text.Json;
using Billing.Domain;
using Billing.Gateway.Requests;
using Billing.Gateway.Tests.Recorded;
using Billing.Gateway.Wire;

namespace Billing.Gateway.Tests.Requests;

public class when_a_storefront_asks
{
    [Theory]
    [InlineData("create_46.request", 46, null)]
    [InlineData("change_46.request", 46, null)]
    [InlineData("create_1135.request", 1135, "KRW")]
    public void the_documented_bodies_are_accepted_as_they_stand(string name, int method, string? currency)
    {
        var request = PreapprovalRequestReader.Read(Recording.Of(name));

        Assert.Equal((method, currency), (request.Terms.MethodId, request.Terms.Currency));
        Assert.Equal("http://demo.smart2pay.com/redirect.php", request.Personal.ReturnUrl!.Value);
        Assert.Equal("John", request.Personal.Customer!.Value!.FirstName);
        Assert.Null(request.Schedule);
    }

    [Fact]
    public void what_a_php_client_leaves_empty_is_not_given()
    {
        var request = Create(
            """
            {"Currency":"","PreapprovedMaximumAmount":0,"MethodOptionID":0,"RecurringPeriod":0,"ExecutionDate":"",
             "SiteID":30597,"MethodID":"46",
             "Customer":{"Email":"jdoe@gmail.com","Phone":765260000,"FirstName":"","Gender":1,"DateOfBirth":""},
             "BillingAddress":{"Country":"br","ZipCode":23900}}
            """);

        Assert.Equal(
            (null, null, null, null, null),
            (
                request.Terms.Currency, request.Terms.MaximumAmountHundredths, request.Terms.MethodOptionId,
                request.Terms.RecurringPeriod, request.Terms.ExecutionDate));
        Assert.Equal(
            ("765260000", null, "1"),
            (
                request.Personal.Customer!.Value!.Phone, request.Personal.Customer.Value.FirstName,
                request.Personal.Customer.Value.Gender));
        Assert.Equal(
            ("BR", "23900", 30597),
            (request.Terms.Country, request.Personal.BillingAddress!.Value!.ZipCode, request.SiteId));
    }

    [Fact]
    public void the_return_address_is_personal()
    {
        var request = Create("""{"ReturnURL":"https://shop.test/back?customer=42"}""");

        Assert.Equal("https://shop.test/back?customer=42", request.Personal.ReturnUrl!.Value);
    }

    [Fact]
    public void a_schedule_is_read_beside_it() =>
        Assert.Equal(
            new WireSchedule { AmountMinor = 990, Currency = "BRL", Every = 1, Unit = "month" },
            Create("""{"Schedule":{"AmountMinor":990,"Currency":"BRL","Every":1"""
                + ""","Unit":"month","EndsOn":null}}""").Schedule);

    [Theory]
    [InlineData("""{"MerchantPreapprovalID":null}""", "103")]
    [InlineData("""{"MerchantPreapprovalID":""}""", "103")]
    [InlineData("""{"MerchantPreapprovalID":"with blank"}""", "104")]
    [InlineData("""{"MerchantPreapprovalID":"a\n"}""", "104")]
    [InlineData("""{"MerchantPreapprovalID":"123456789012345678901234567890123456789012345678901"}""", "104")]
    [InlineData("""{"MethodID":null}""", "1")]
    [InlineData("""{"MethodID":0}""", "1")]
    [InlineData("""{"MethodID":-46}""", "5")]
    [InlineData("""{"MethodID":"card"}""", "5")]
    [InlineData("""{"MethodID":99999999999}""", "5")]
    [InlineData("""{"MethodID":78}""", "111")]
    [InlineData("""{"MethodID":69}""", "111")]
    [InlineData("""{"MethodOptionID":-1}""", "10")]
    [InlineData("""{"Description":null}""", "107")]
    [InlineData("""{"Description":"two\nlines"}""", "108")]
    [InlineData("""{"ReturnURL":null}""", "105")]
    [InlineData("""{"ReturnURL":"ftp://shop.test"}""", "106")]
    [InlineData("""{"ReturnURL":"javascript:alert(1)"}""", "106")]
    [InlineData("""{"Currency":"XXX"}""", "100")]
    [InlineData("""{"Currency":"eur"}""", "100")]
    [InlineData("""{"PreapprovedMaximumAmount":-1}""", "118")]
    [InlineData("""{"PreapprovedMaximumAmount":"4.99"}""", "118")]
    [InlineData("""{"PreapprovedMaximumAmount":1234567890123}""", "118")]
    [InlineData("""{"PreapprovedMaximumAmount":true}""", "118")]
    [InlineData("""{"RecurringPeriod":-1}""", "2")]
    [InlineData("""{"ExecutionDate":"2020-08-05"}""", "2")]
    [InlineData("""{"Customer":null}""", "101")]
    [InlineData("""{"Customer":{"Email":""}}""", "101")]
    [InlineData("""{"Customer":{"Email":"jdoe"}}""", "102")]
    [InlineData("""{"Customer":{"Email":"jdoe@gmail"}}""", "102")]
    [InlineData("""{"Customer":{"Email":"a@b.c","Phone":"call me"}}""", "117")]
    [InlineData("""{"Customer":{"Email":"a@b.c","Gender":"x"}}""", "2")]
    [InlineData("""{"Customer":{"Email":"a@b.c","DateOfBirth":"20001332"}}""", "2")]
    [InlineData("""{"Customer":{"Email":"a@b.c","MerchantCustomerID":"a b"}}""", "2")]
    [InlineData("""{"Customer":{"Email":["a@b.c"]}}""", "2")]
    [InlineData("""{"BillingAddress":null}""", "1")]
    [InlineData("""{"BillingAddress":{"Country":"QQ"}}""", "120")]
    [InlineData("""{"BillingAddress":{"Country":"BRA"}}""", "120")]
    [InlineData("""{"BillingAddress":{"Country":"BR","City":"a city whose name has more than forty letters"}}""", "2")]
    [InlineData("""{"Schedule":{"AmountMinor":9.9}}""", "2")]
    [InlineData("""{"Schedule":"monthly"}""", "2")]
    public void a_wrong_field_is_refused_with_the_gateway_s_code(string change, string code) =>
        Assert.Equal(code, Assert.Throws<RuleViolation>(() => Create(change)).Code);

    [Fact]
    public void texts_may_be_as_long_as_the_gateway_takes_them()
    {
        Assert.Equal(255, Create($$"""{"Description":"{{new string('a', 255)}}"}""").Terms.Description!.Length);
        Assert.Equal(
            "108", Assert.Throws<RuleViolation>(() => Create($$"""{"Description":"{{new string('a', 256)}}"}""")).Code);
        Assert.Equal(
            "126",
            Assert.Throws<RuleViolation>(
                () => Create($$"""{"Customer":{"Email":"a@b.c","LastName":"{{new string('a', 66)}}"} }""")).Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"Preapproval\":")]
    [InlineData("{\"Preapproval\":{\"Description\":\"\\u0000\"}}")]
    [InlineData("{\"Preapproval\":{\"Description\":\"\\ud800\"}}")]
    [InlineData("{\"Preapproval\":{\"MethodID\":46},\"Preapproval\":{\"MethodID\":84}}")]
    public void a_body_that_cannot_be_read_fails_validation(string body) =>
        Assert.Equal(
            "2", Assert.Throws<RuleViolation>(() => PreapprovalRequestReader.Read(Encoding.UTF8.GetBytes(body))).Code);

    [Fact]
    public void a_body_without_the_object_misses_a_parameter() =>
        Assert.Equal(
            "1",
            Assert.Throws<RuleViolation>(() => PreapprovalRequestReader.Read("{\"Preaproval\":{}}"u8.ToArray())).Code);

    [Fact]
    public void a_refusal_names_the_field_and_repeats_no_value()
    {
        var refused = Assert.Throws<RuleViolation>(() => Create("""{"Customer":{"Email":"jdoe-without-at"}}"""));

        Assert.Equal("Customer.Email is invalid: it must be an e-mail address.", refused.Message);
        Assert.Equal(
            "Preapproval.Customer has the wrong type or is said twice.",
            Assert.Throws<RuleViolation>(() => Create("""{"Customer":"jdoe@gmail.com"}""")).Message);
    }

    [Fact]
    public void a_refusal_wears_the_gateway_s_envelope_and_echoes_nothing_personal()
    {
        var refusal = RefusalWriter.Preapproval("109", "why", Recording.Of("create_46.request"));

        Assert.Equal(
            """
            {"Preapproval":{"ID":null,"Created":null,"MethodID":46,"SiteID":null,"MerchantPreapprovalID":"s2ptest_g107",
            "RecurringPeriod":null,"PreapprovedMaximumAmount":null,"Currency":null,"ReturnURL":null,
            "Description":null,"Customer":null,"BillingAddress":null,
            "Status":{"ID":0,"Info":null,"Reasons":[{"Code":"109","Info":"why"}]},"RedirectURL":null,
            "MethodOptionID":0,"PreapprovedFrequency":null,"MandateReference":null}}
            """.ReplaceLineEndings(""),
            JsonSerializer.Serialize(refusal, GlobalPayJson.Answers.PreapprovalEnvelope));
        Assert.Null(RefusalWriter.Preapproval("2", "why", "nonsense"u8.ToArray()).Preapproval!.MerchantPreapprovalID);
    }

    private static PreapprovalRequest Create(string change) =>
        PreapprovalRequestReader.Read(Change.Of(change, Encoding.UTF8.GetString(Recording.Of("create_46.request"))));
}
