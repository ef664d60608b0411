namespace Billing.Demo;

/// <summary>
/// From top to bottom: subscribe, approve, charge, fail, retry, change, skip, refund, dispute, close; then count.
/// </summary>
internal sealed class Story
{
    private static readonly Money ExtraPrice = new(3_000, "KRW");

    private readonly Storefront _storefront;
    private readonly SandboxControl _sandbox;
    private readonly BusinessTime _time;
    private readonly Months _months = new();
    private readonly Checks _checks = new();
    private readonly Operator? _commands;

    /// <param name="commands">Null: what only an operator can do is left out.</param>
    public Story(HttpClient api, HttpClient sandbox, Operator? commands)
    {
        _commands = commands;
        _storefront = new Storefront(api);
        _sandbox = new SandboxControl(sandbox);
        _time = new BusinessTime(_sandbox, _storefront, new Settling(api, sandbox), _months);
    }

    /// <returns>True when every promise that was shown held.</returns>
    public async Task<bool> TellAsync()
    {
        await _sandbox.ForgetScenariosAsync();
        var today = DateOnly.FromDateTime((await _sandbox.NowAsync()).UtcDateTime);

        var mercadoPago = new Subscriber(
            "MercadoPago BR", "mercadopago.json", new Money(4_990, "BRL"), "America/Sao_Paulo", Next31st(today));
        var sepa = new Subscriber(
            "SEPA NL", "sepa-nl.json", new Money(1_250, "EUR"), "Europe/Amsterdam", NextFirst(today));
        var kakaoPay = new Subscriber("KakaoPay KR", "kakaopay.json", new Money(9_900, "KRW"), "Asia/Seoul");
        var bankCloser = new Subscriber(
            "SEPA DE", "sepa-de.json", new Money(700, "EUR"), "Europe/Berlin", NextFirst(today));
        var gcash = new Subscriber("GCash PH", "gcash.json", new Money(29_900, "PHP"), "Asia/Manila");

        Print.Chapter("Customers subscribe with GlobalPay's own request bodies, a monthly Schedule added");
        var opening = new Opening(_storefront, _sandbox, _time, _checks);
        await opening.ByLandingPageAsync(mercadoPago);
        await opening.ByLandingPageAsync(sepa);
        await opening.ByLandingPageAsync(kakaoPay);
        await opening.NothingElseChangedAsync(kakaoPay);
        await opening.ByLandingPageAsync(bankCloser);
        await opening.BeforeOurAnswerAsync(gcash);

        var troubles = new Troubles(_storefront, _sandbox, _time, _checks);

        Print.Chapter("An account stays empty: attempts after 1, 3 and 7 days, then the period is given up; "
            + "the shop closes while another retry waits");
        await troubles.EmptyAccountAsync(gcash);

        Print.Chapter("One decline, one retry");
        await troubles.DeclineOnceAsync(mercadoPago);

        Print.Chapter("The gateway takes a charge and never answers");
        await troubles.TimeOutAsync(sepa);

        Print.Chapter("A customer revokes the mandate at the bank while a payment is under way");
        await troubles.RevokeAtTheBankAsync(bankCloser);

        var wishes = new Wishes(_storefront, _time, _checks);

        Print.Chapter("The shop charges something extra, three times under one id");
        await wishes.ChargeExtraAsync(kakaoPay, ExtraPrice);

        Print.Chapter("A pause over one due date");
        await wishes.PauseAsync(kakaoPay);

        Print.Chapter("The price rises: PATCH with GlobalPay's own body and a new Schedule");
        await wishes.RaisePriceAsync(mercadoPago, new Money(5_490, "BRL"));

        Print.Chapter("One period is skipped, and the history is asked why nothing was charged");
        await wishes.SkipAsync(sepa);

        var moneyBack = new MoneyBack(_storefront, _sandbox, _time, _checks);

        Print.Chapter("The shop pays back a part of a payment");
        await moneyBack.RefundAsync(mercadoPago, new Money(1_000, "BRL"));

        Print.Chapter("A customer disputes a payment at the bank");
        await moneyBack.DisputeAsync(kakaoPay);

        var support = new Support(_storefront, _checks);

        Print.Chapter("A customer writes to the shop: what was that charge?");
        await support.FindAndExplainAsync(gcash);

        Subscriber[] seeds = [mercadoPago, sepa, kakaoPay];
        await _time.UntilAsync(
            "twelve periods paid by each of the three",
            () => seeds.All(it => it.Paid >= 12 && !it.Payments.Any(payment => payment.IsOpenEnded)));

        if (_commands is not null)
        {
            Print.Chapter("What we hold is compared with the gateway");
            await new Drift(_storefront, _sandbox, _commands, _checks).SettleAsync(kakaoPay);
        }

        _months.End();
        Print.Release();

        Subscriber[] all = [.. seeds, bankCloser, gcash];
        Print.Chapter("Who paid what");
        Table.Of(all);

        Print.Chapter("What was promised");
        await new Reckoning(_storefront, _sandbox, _checks).CheckAsync(all);

        if (_commands is not null)
        {
            Print.Chapter("A customer asks to be forgotten");
            await support.ForgetAsync(gcash, _commands);
        }

        return Summed();
    }

    private bool Summed()
    {
        Console.WriteLine();

        if (_checks.Broken.Count == 0)
        {
            Console.WriteLine($"The story held: {_checks.Held} promises were shown and kept.");
            return true;
        }

        Console.Error.WriteLine($"The story did not hold. {string.Join(Environment.NewLine, _checks.Broken)}");
        return false;
    }

    private static DateOnly NextFirst(DateOnly today) => today.AddDays(1 - today.Day).AddMonths(1);

    private static DateOnly Next31st(DateOnly today)
    {
        var day = today.AddDays(1);

        while (day.Day != 31)
        {
            day = day.AddDays(1);
        }

        return day;
    }
}
