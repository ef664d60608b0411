using System.Globalization;
using System.Text.RegularExpressions;
using Billing.Domain.Preapprovals;
using Billing.Domain.Tests.Scheduling;
using FsCheck;
using FsCheck.Fluent;
using static Billing.Domain.Tests.Specs.A;

namespace Billing.Domain.Tests.Properties;

[Keeps(Promise.NeverChargedTwice)]
public class the_id_of_a_scheduled_charge
{
    private static readonly Gen<ChargeParts> Parts =
        from mandate in Gen.Choose(1, int.MaxValue - 1)
        from dueOn in Schedules.Dates(2000, 2099)
        from attempt in Gen.Choose(1, 999)
        select new ChargeParts(mandate, new Period(dueOn), attempt);

    [Fact]
    public void reads_the_same_as_ever() => Assert.Equal("5001-260301-1", March.MerchantTransactionId);

    [Theory]
    [InlineData("th-TH")]
    [InlineData("fa-IR")]
    [InlineData("ar-SA")]
    public void fits_the_gateway_and_is_the_same_in_every_culture(string culture) => Prop
        .ForAll(Arb.From(Parts), parts =>
        {
            CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
            var expected = parts.Id;
            CultureInfo.CurrentCulture = new CultureInfo(culture);

            Assert.Equal(expected, parts.Id);
            Assert.Matches(new Regex(@"\A[0-9a-zA-Z_-]{1,50}\z"), parts.Id);
            Assert.True(ChargeId.IsDerivedForm(parts.Id));
            Assert.Matches(new Regex(@"\A[0-9a-zA-Z_-]{1,50}\z"), ChargeId.RefundReferenceOf(parts.Id));
            Assert.True(ChargeId.IsDerivedRefundForm(ChargeId.RefundReferenceOf(parts.Id)));
        })
        .QuickCheckThrowOnFailure();

    [Fact]
    public void belongs_to_one_attempt_at_one_period_only() => Prop
        .ForAll(
            Arb.From(
                from one in Parts
                from other in Parts
                from same in Gen.Elements(true, false)
                select (one, other: same ? other with { Mandate = one.Mandate } : other)),
            it => Assert.Equal(it.one == it.other, it.one.Id == it.other.Id))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private sealed record ChargeParts(int Mandate, Period Period, int Attempt)
    {
        public string Id => ChargeId.Scheduled(Mandate, Period, Attempt).MerchantTransactionId;
    }
}
