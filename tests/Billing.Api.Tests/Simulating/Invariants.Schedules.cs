using System.Globalization;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Reporting;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Simulating;

/// <remarks>What holds of dates, plans and days.</remarks>
internal sealed partial class Invariants
{
    /// <summary>What the gateway moved, by day.</summary>
    public Ledger Moved => Ledger.Of(ledger.Values);

    /// <summary>
    /// The same of due charges that were sent once, and whose success was the answer. On demand a charge may be made
    /// while our clock has not followed a jump of the gateway's yet.
    /// </summary>
    public Ledger AnsweredAtOnce => Ledger.Of(
        rows.Where(row => row is
        {
            Status: "charged", LearntFrom: "answer", DueOn: not null
        }).Select(row => ledger[row.Id])
            .Where(IsSentOnce));

    /// <summary>No money of a due date was moved before that date was due, or a pause that held it was over.</summary>
    public async Task NothingIsChargedEarlyAsync()
    {
        var due = await world.QueryAsync<string[]>(
            """
            select array_agg(concat_ws(' ', data #>> '{Charge,MerchantTransactionId}', data ->> 'DueAt'))
            from mt_events where type = 'charge_requested' and data ->> 'Origin' = 'Scheduled'
            """);

        foreach (var (id, at) in due!.Select(line => line.Split(' ')).Select(parts => (parts[0], parts[1])))
        {
            // The first send of what was sent again after a restore was decided in days that were lost.
            if (ledger.TryGetValue(id, out var charge) && IsSentOnce(charge))
            {
                var isDue = charge["movements"]!.AsArray().All(one =>
                    (DateTimeOffset)one!["at"]! >= DateTimeOffset.Parse(at, CultureInfo.InvariantCulture));
                Assert.True(isDue, $"Before it was due at {at}: {charge.ToJsonString()}");
            }
        }
    }

    /// <summary>No plan charged more periods than it has, also where its number was changed.</summary>
    public async Task NoPlanHasMorePeriodsThanItSaysAsync()
    {
        var over = await world.QueryAsync<string>(
            """
            select string_agg(concat_ws(' ', d.id, used.periods, d.data #>> '{Schedule,Periods}'), ', ')
            from mt_doc_subscription d cross join lateral (
                select count(distinct p.data #>> '{Charge,Id,Period,DueOn}') as periods
                from mt_doc_payment p
                where p.tenant_id = d.tenant_id and p.preapproval_id = d.id
                    and p.data #>> '{Charge,State}' = 'Charged'
                    and not exists (
                        select from mt_events f where f.stream_id = d.id and f.type = 'charge_found_at_gateway'
                            and f.data #>> '{Charge,MerchantTransactionId}' = p.id)) used
            where used.periods > (d.data #>> '{Schedule,Periods}')::int
            """);
        Assert.True(over is null, $"Charged more periods than planned: {over}");
    }

    private static bool IsSentOnce(JsonNode charge) => (int)charge["received"]! == 1;
}
