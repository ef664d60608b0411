using System.Text.Json.Nodes;
using Billing.Api.Charges;
using Billing.Api.Tests.Charging;
using Billing.Api.Tests.Specs;
using Marten;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Api.Tests.Simulating;

/// <summary>What always holds of the money: the gateway's ledger against our records.</summary>
internal sealed partial class Invariants
{
    private readonly World world;
    private readonly Dictionary<string, JsonNode> ledger;
    private readonly List<Row> rows;

    private Invariants(World world, Dictionary<string, JsonNode> ledger, List<Row> rows) =>
        (this.world, this.ledger, this.rows) = (world, ledger, rows);

    // The amount that the gateway has: of a charge that a restored backup had lost it may be an earlier price.
    private sealed record Row(
        string Id, Guid Preapproval, DateOnly? DueOn, long Amount, string Currency, string Status, string Afterwards,
        long Refunded, long Net, string? Owner, string? LearntFrom)
    {
        public long Hundredths => Amount * HundredthsPerMinor;

        public long NetHundredths => Net * HundredthsPerMinor;

        // Hundredths, as the gateway counts; a won has none.
        private int HundredthsPerMinor => Currency is "KRW" ? 100 : 1;

        public bool WentBack => Refunded > 0 || Afterwards.Split(',').Any(fact => fact is "reversed" or "charged_back");
    }

    public static async Task<Invariants> OfAsync(World world)
    {
        var charges = new Dictionary<string, JsonNode>();

        for (int? after = null; ;)
        {
            var page = await world.Sandbox.GetAsync($"sandbox/ledger{(after is null ? "" : $"?after={after}")}");

            foreach (var charge in page["charges"]!.AsArray())
            {
                charges.Add((string)charge!["merchantTransactionId"]!, charge);
            }

            if ((after = (int?)page["next"]) is null)
            {
                return new Invariants(world, charges, await RowsAsync(world));
            }
        }
    }

    public int Captured => ledger.Values.Count(charge => (int)charge["captured"]! > 0);

    /// <summary>How many second captures were recorded without a failure, which a restored backup had lost.</summary>
    public int PaidTwiceInLostDays { get; private set; }

    /// <summary>
    /// At most one capture per period; a second one only after a late success, recorded as paid twice.
    /// </summary>
    public async Task NoPeriodIsPaidTwiceUnsaidAsync()
    {
        Assert.All(ledger.Values, charge => Assert.True((int)charge["captured"]! <= 1, charge.ToJsonString()));
        var twice = rows.Where(row => row.DueOn is not null && IsCaptured(row.Id))
            .GroupBy(row => (row.Preapproval, row.DueOn))
            .Where(period => period.Count() > 1)
            .ToList();
        var reply = await world.QueryAsync<long>("select count(distinct (stream_id, data->'Period'->>'DueOn')) from "
            + "mt_events where type = 'period_paid_twice'");
        Assert.Equal(reply, twice.Count);

        foreach (var charge in twice.SelectMany(
            period => period.OrderBy(row => row.Id, StringComparer.Ordinal).SkipLast(1)))
        {
            var isLate = await world.QueryAsync<bool>(
                """
                select exists (
                    select from mt_events f join mt_events c
                        on c.tenant_id = f.tenant_id and c.stream_id = f.stream_id and c.version > f.version
                    where f.stream_id = $1 and f.type = 'payment_failed' and c.type = 'payment_charged'
                        and f.data->'Charge'->>'MerchantTransactionId' = $2
                        and c.data->'Charge'->>'MerchantTransactionId' = $2)
                """,
                charge.Preapproval, charge.Id);

            // It failed in days that a restored backup had lost: an attempt of those days was found at the gateway.
            var isOfLostDays = await world.QueryAsync<bool>(
                """
                select exists (
                    select from mt_events
                    where stream_id = $1 and type = 'charge_found_at_gateway'
                        and (data->'Charge'->'Period'->>'DueOn')::date = $2)
                """,
                charge.Preapproval, charge.DueOn!);
            PaidTwiceInLostDays += isOfLostDays && !isLate ? 1 : 0;

            if (!isLate && !isOfLostDays)
            {
                Assert.Fail(
                    $"Captured beside a later attempt, and never failed before: {await StoryAsync(charge.Id)} "
                    + $"The gateway has: {ledger[charge.Id].ToJsonString()}");
            }
        }
    }

    public async Task EveryCapturedChargeHasItsEventAsync()
    {
        var events = await IdsAsync(
            "select data->'Charge'->>'MerchantTransactionId' from mt_events where type = 'payment_charged'");

        Assert.Equal(events.Count, events.Distinct().Count());

        foreach (var id in ledger.Keys.Where(IsCaptured).Except(events).Concat(events.Where(id => !IsCaptured(id))))
        {
            Assert.Fail($"One side only: {await StoryAsync(id)} The gateway has: "
                + $"{ledger.GetValueOrDefault(id)?.ToJsonString()}");
        }
    }

    /// <summary>Our records of one charge.</summary>
    private async Task<string> StoryAsync(string id)
    {
        var story = await world.QueryAsync<string>(
            """
            select string_agg(concat_ws(' ', type, data->>'Symptom', data->>'Reason', data->>'LearntFrom',
                data->>'LookUps', data->>'Owner', user_name, timestamp::time), ', ' order by version)
            from mt_events where data->'Charge'->>'MerchantTransactionId' = $1
            """, id);

        return $"{id}: {story}.";
    }

    /// <summary>Charged, failed, stopped; or a person has it.</summary>
    public async Task EveryIntentEndsAsync()
    {
        Assert.Equal([], rows.Where(row => row.Status is "requested" or "unknown" or "pending" && row.Owner is null));
        Assert.Equal(
            0, await world.QueryAsync<long>(
                "select count(*) from refunds where status in ('requested', 'unknown') and owner is null"));
        Assert.Equal(0, await world.QueryAsync<long>("select count(*) from dead_letters"));
        Assert.Equal(
            0,
            await world.QueryAsync<long>(
                "select count(*) from subscriptions where unsettled_operation is not null and owner is null"));
    }

    public Task ViewsEqualReplayAsync() => Witness.ProveRecordsAsync(world);

    /// <summary>By charge and by currency, what came in and what went back.</summary>
    public async Task SumsAreEqualAsync()
    {
        var ours = rows.Where(row => row.Status is "charged").ToDictionary(row => row.Id);

        Assert.Equal(
            Sums(ledger.Where(it => IsCaptured(it.Key))
                .Select(it => ((string)it.Value["currency"]!, (long)it.Value["amount"]!))),
            Sums(ours.Values.Select(row => (row.Currency, row.Hundredths))));

        var (theyGaveBack, weKnow) = (
            ledger.Where(it => (long)it.Value["wentBack"]! > 0).Select(it => it.Key).ToHashSet(),
            ours.Values.Where(row => row.WentBack).Select(row => row.Id).ToHashSet());

        foreach (var id in theyGaveBack.Except(weKnow).Concat(weKnow.Except(theyGaveBack)))
        {
            Assert.Fail($"Went back on one side only: {await StoryAsync(id)} The gateway has: "
                + $"{ledger.GetValueOrDefault(id)?.ToJsonString()}");
        }
    }

    /// <summary>Payment by payment, what the merchant keeps: our net amount, and what the ledger has left.</summary>
    public async Task EachPaymentKeepsTheSameAsync()
    {
        foreach (var row in rows)
        {
            var theirs = ledger.TryGetValue(row.Id, out var charge) ? KeptOf(charge) : 0;

            if (theirs != row.NetHundredths)
            {
                Assert.Fail(
                    $"We say that {row.NetHundredths} hundredths are kept, the gateway {theirs}: "
                    + $"{await StoryAsync(row.Id)} The gateway has: {charge?.ToJsonString()}");
            }
        }
    }

    // The ledger moves no money when a dispute is lost, but with the chargeback that follows. Here none follows, and
    // each dispute is about the whole payment: where one is lost nothing is kept.
    private static long KeptOf(JsonNode charge)
    {
        var moved = charge["movements"]!.AsArray().ToLookup(
            movement => (string)movement!["what"]!, movement => (long)movement!["amount"]!);

        return moved.Contains("dispute_lost") ? 0 : moved["captured"].Sum() - (long)charge["wentBack"]!;
    }

    private static SortedDictionary<string, (int, long)> Sums(IEnumerable<(string Currency, long Amount)> amounts) =>
        new(amounts.GroupBy(it => it.Currency)
            .ToDictionary(it => it.Key, it => (it.Count(), it.Sum(one => one.Amount))));

    private bool IsCaptured(string id) => ledger.TryGetValue(id, out var charge) && (int)charge["captured"]! > 0;

    private async Task<List<string>> IdsAsync(string sql)
    {
        await using var command = world.DataSource.CreateCommand(sql);
        await using var row = await command.ExecuteReaderAsync();
        var ids = new List<string>();

        while (await row.ReadAsync())
        {
            ids.Add(row.GetString(0));
        }

        return ids;
    }

    private static async Task<List<Row>> RowsAsync(World world)
    {
        await using var session = world.Services.GetRequiredService<IDocumentStore>().QuerySession("30201");
        var payments = await session.Query<Payment>().ToListAsync();

        return [.. payments.Select(PaymentView.Of).Zip(payments, (view, payment) => new Row(
            view.MerchantTransactionId, payment.PreapprovalId, view.DueOn, view.CapturedMinor ?? view.AmountMinor,
            view.CapturedCurrency ?? view.Currency, view.Status,
            string.Join(',', view.Afterwards), view.RefundedMinor, view.NetMinor, view.Owner, view.LearntFrom))];
    }
}
