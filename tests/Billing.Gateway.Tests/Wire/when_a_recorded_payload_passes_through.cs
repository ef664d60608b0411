using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Billing.Domain.Gateway;
using Billing.Gateway.Tests.Recorded;
using Billing.Gateway.Translation;
using Billing.Gateway.Wire;

namespace Billing.Gateway.Tests.Wire;

public class when_a_recorded_payload_passes_through
{
    [Theory]
    [InlineData("create_46.answer")]
    [InlineData("opened_46.notification")]
    [InlineData("opened_84.notification")]
    [InlineData("change_46.answer")]
    [InlineData("close_46.answer")]
    [InlineData("close_84.answer")]
    [InlineData("read_46.answer")]
    [InlineData("create_1135.answer")]
    [InlineData("opened_1135.notification")]
    public void a_preapproval_is_written_as_it_was_read(string name) =>
        WrittenAsRead(name, GlobalPayJson.Answers.PreapprovalEnvelope);

    [Fact]
    public void a_list_of_preapprovals_is_written_as_it_was_read() =>
        WrittenAsRead("preapprovals.answer", GlobalPayJson.Answers.PreapprovalList);

    [Fact]
    public void a_list_of_payments_is_written_as_it_was_read() =>
        WrittenAsRead("payments_of_46.answer", GlobalPayJson.Answers.PaymentList);

    [Theory]
    [InlineData("create_46.answer")]
    [InlineData("change_46.answer")]
    [InlineData("close_46.answer")]
    [InlineData("close_84.answer")]
    [InlineData("read_46.answer")]
    [InlineData("create_1135.answer")]
    public void our_own_answer_is_the_gateway_s(string name)
    {
        var shown = PreapprovalReader.Read(Read(name, GlobalPayJson.Answers.PreapprovalEnvelope).Preapproval!)!;

        var answer = new PreapprovalEnvelope
        {
            Preapproval = PreapprovalWriter.Write(shown.Gateway, shown.Terms, shown.Personal)
        };

        Assert.Equal(Recording.Compact(Recording.Of(name)), Written(answer, GlobalPayJson.Answers.PreapprovalEnvelope));
    }

    [Fact]
    public void our_own_list_of_preapprovals_is_the_gateway_s()
    {
        var rows = Read(
            "preapprovals.answer",
            GlobalPayJson.Answers.PreapprovalList).Preapprovals!.Select(row => PreapprovalReader.Read(row)!);

        var answer = new PreapprovalList
        {
            Preapprovals = [.. rows.Select(row => PreapprovalWriter.Limited(row.Gateway, row.Terms, row.Personal))]
        };

        Assert.Equal(
            Recording.Compact(Recording.Of("preapprovals.answer")),
            Written(answer, GlobalPayJson.Answers.PreapprovalList));
    }

    [Fact]
    public void our_own_list_of_payments_is_the_gateway_s()
    {
        var list = Read("payments_of_46.answer", GlobalPayJson.Answers.PaymentList);

        var answer = list with
        {
            Payments = [.. list.Payments!.Select(row => Again(PaymentReader.Read(row, WireMoney.Default)))]
        };

        Assert.Equal(
            Recording.Compact(Recording.Of("payments_of_46.answer")),
            Written(answer, GlobalPayJson.Answers.PaymentList));
    }

    [Theory]
    [InlineData("create_46.request")]
    [InlineData("change_46.request")]
    [InlineData("create_1135.request")]
    public void a_storefront_s_request_is_what_the_gateway_is_sent(string name)
    {
        var wire = Read(name, GlobalPayJson.Answers.PreapprovalEnvelope).Preapproval!;

        var request = PreapprovalWriter.Request(
            new MandateOrder(PreapprovalReader.TermsOf(wire), PreapprovalReader.PersonalOf(wire)));

        var sent = JsonSerializer.SerializeToUtf8Bytes(
            new PreapprovalEnvelope { Preapproval = request }, GlobalPayJson.Requests.PreapprovalEnvelope);
        Assert.True(Recording.SameValues(Recording.Of(name), sent));
    }

    private static WirePayment Again(PaymentSnapshot shown) => PaymentWriter.Limited(
        shown.Gateway, new PaymentFacts(
            30201, shown.MerchantTransactionId!, shown.Amount!.Value, shown.MethodId!.Value,
            shown.GatewayPreapprovalId), WireMoney.Default);

    private static void WrittenAsRead<T>(string name, JsonTypeInfo<T> type) =>
        Assert.Equal(Recording.Compact(Recording.Of(name)), Written(Read(name, type), type));

    private static T Read<T>(string name, JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(Recording.Of(name), type)!;

    private static string Written<T>(T value, JsonTypeInfo<T> type) =>
        Recording.Compact(JsonSerializer.SerializeToUtf8Bytes(value, type));
}
