using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.Gateway.Tests.Calls;
using Xunit.Abstractions;

namespace Billing.Gateway.Tests.Contract;

/// <summary>What the port assumes about the gateway, tested against the gateway or the sandbox.</summary>
public class what_we_rely_on : IClassFixture<Counterpart>
{
    private readonly IPaymentGateway _gateway;
    private readonly Counterpart _it;

    public what_we_rely_on(Counterpart it, ITestOutputHelper output)
    {
        (_it, _gateway) = (it, it.Gateway);
        output.WriteLine($"Contract held against {Counterpart.Whom}.");
    }

    [Theory]
    [MemberData(nameof(Counterpart.Name), MemberType = typeof(Counterpart))]
    public async Task a_create_is_pending_and_shows_a_page_for_the_customer(string against)
    {
        var (name, mandate) = await CreateAsync(against);

        Assert.Equal(
            (MandateStatus.Pending, 1, name, 46),
            (mandate.Status, mandate.Gateway.StatusId, mandate.Terms.MerchantPreapprovalId, mandate.Terms.MethodId));
        Assert.True(Uri.TryCreate(mandate.Personal.RedirectUrl!.Value, UriKind.Absolute, out _));
        Assert.Matches("^[0-9]{14}$", mandate.Gateway.Created);
    }

    [Theory]
    [MemberData(nameof(Counterpart.Name), MemberType = typeof(Counterpart))]
    public async Task a_name_is_taken_once(string against)
    {
        var (name, _) = await CreateAsync(against);

        Assert.IsType<MandateResult.Duplicate>(
            await _gateway.RegisterAsync(Counterpart.Site, Counterpart.Order(name), default));
    }

    [Theory]
    [MemberData(nameof(Counterpart.Name), MemberType = typeof(Counterpart))]
    public async Task what_was_created_is_read_by_id_and_found_by_name_among_the_newest(string against)
    {
        var (name, created) = await CreateAsync(against);
        var id = created.Gateway.PreapprovalId;

        var read = Assert.IsType<MandateResult.Confirmed>(
            await _gateway.ReadMandateAsync(Counterpart.Site, id, default)).Value;
        var found = Assert.IsType<MandateResult.Confirmed>(
            await _gateway.FindMandateAsync(Counterpart.Site, name, 50, default)).Value;

        Assert.Equal(
            (id, name, created.Terms.Description),
            (read.Gateway.PreapprovalId, read.Terms.MerchantPreapprovalId, read.Terms.Description));
        Assert.Equal("test_user_83022133@testuser.com", read.Personal.Customer?.Value?.Email);
        Assert.Equal(id, found.Gateway.PreapprovalId);
    }

    [Theory]
    [MemberData(nameof(Counterpart.Name), MemberType = typeof(Counterpart))]
    public async Task a_change_that_repeats_every_field_is_shown(string against)
    {
        var (name, created) = await CreateAsync(against);
        var id = created.Gateway.PreapprovalId;

        Assert.IsType<MandateResult.Confirmed>(
            await _gateway.ChangeMandateAsync(Counterpart.Site, id, Counterpart.Order(name, "changed"), default));

        Assert.Equal(
            "changed",
            Assert.IsType<MandateResult.Confirmed>(
                await _gateway.ReadMandateAsync(Counterpart.Site, id, default)).Value.Terms.Description);
    }

    [Theory]
    [MemberData(nameof(Counterpart.Name), MemberType = typeof(Counterpart))]
    public async Task nothing_is_charged_before_the_customer_has_approved_nor_after_a_close(string against)
    {
        var (_, created) = await CreateAsync(against);
        var (before, after) = (Charge(created.Gateway.PreapprovalId), Charge(created.Gateway.PreapprovalId));

        Assert.IsType<ChargeResult.Refused>(await _gateway.ChargeAsync(before, default));
        Assert.Equal(
            MandateStatus.Closed,
            Assert.IsType<MandateResult.Confirmed>(
                await _gateway.CloseMandateAsync(
                    Counterpart.Site, created.Gateway.PreapprovalId, default)).Value.Status);
        Assert.IsType<ChargeResult.Refused>(await _gateway.ChargeAsync(after, default));

        Assert.Equal(
            MandateStatus.Closed,
            Assert.IsType<MandateResult.Confirmed>(
                await _gateway.ReadMandateAsync(
                    Counterpart.Site, created.Gateway.PreapprovalId, default)).Value.Status);
        Assert.IsType<ChargeResult.NotFound>(await _gateway.FindChargeAsync(before, default));
        Assert.IsType<ChargeResult.NotFound>(await _gateway.FindChargeAsync(after, default));
    }

    [Theory]
    [MemberData(nameof(Counterpart.Name), MemberType = typeof(Counterpart))]
    public async Task a_charge_is_taken_once_notified_and_found(string against)
    {
        var charge = Charge(await _it.OpenAsync());

        var shown = Assert.IsType<ChargeResult.Confirmed>(await _gateway.ChargeAsync(charge, default)).Value;
        var again = await _gateway.ChargeAsync(charge, default);
        var found = Assert.IsType<ChargeResult.Confirmed>(await _gateway.FindChargeAsync(charge, default)).Value;

        Assert.NotNull(against);
        Assert.Equal((charge.MerchantTransactionId, charge.Amount), (shown.MerchantTransactionId, shown.Amount));
        Assert.True(shown.State is PaymentStatus.Charged or PaymentStatus.Pending, $"{shown.State}");
        Assert.IsType<ChargeResult.Duplicate>(again);
        Assert.Equal(shown.Gateway.PaymentId, found.Gateway.PaymentId);
    }

    [Theory]
    [MemberData(nameof(Counterpart.Name), MemberType = typeof(Counterpart))]
    public async Task what_was_never_sent_is_not_found(string against)
    {
        Assert.NotNull(against);
        Assert.IsType<ChargeResult.NotFound>(await _gateway.FindChargeAsync(Charge(int.MaxValue - 1), default));
        Assert.IsType<MandateResult.NotFound>(
            await _gateway.ReadMandateAsync(Counterpart.Site, int.MaxValue - 1, default));
        Assert.IsType<MandateResult.NotFound>(
            await _gateway.FindMandateAsync(Counterpart.Site, Counterpart.NewName(), 50, default));
    }

    [Theory]
    [MemberData(nameof(Counterpart.Name), MemberType = typeof(Counterpart))]
    public async Task a_wrong_key_decides_nothing(string against)
    {
        var stranger = _it.As("wrong-key");

        Assert.NotNull(against);
        Assert.Equal(new ChargeResult.Unknown("http_401"), await stranger.ChargeAsync(Charge(1), default));
        Assert.Equal(
            new MandateResult.Unknown("http_401"), await stranger.ReadMandateAsync(Counterpart.Site, 1, default));
    }

    private async Task<(string Name, MandateSnapshot Mandate)> CreateAsync(string against)
    {
        Assert.NotNull(against);
        var name = Counterpart.NewName();

        return (
            name,
            Assert.IsType<MandateResult.Confirmed>(
                await _gateway.RegisterAsync(Counterpart.Site, Counterpart.Order(name), default)).Value);
    }

    private static ChargeOrder Charge(int preapproval) =>
        A.Charge with
        {
            SiteId = Counterpart.Site,
            MerchantTransactionId = Counterpart.NewName(),
            GatewayPreapprovalId = preapproval,
            Amount = new Money(100, "BRL"),
        };
}
