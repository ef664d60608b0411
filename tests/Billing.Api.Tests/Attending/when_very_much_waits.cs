using System.Text.Json.Nodes;
using Billing.Api.Attention;
using Billing.Api.Tests.Auditing;
using Billing.Api.Tests.Specs;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Billing.Api.Tests.Attending;

/// <summary>Many rows of each table, a part of which waits; the tables are those of no running service.</summary>
public sealed class CrowdedWorld : IAsyncLifetime
{
    /// <summary>Of each table.</summary>
    public const int Rows = 20_000;

    /// <summary>How many of them wait.</summary>
    public const int Waiting = 5_000;

    public World World { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        World = await World.WithoutServiceAsync();
        await World.DataSource.DoAsync(
            $$$"""
            insert into mt_doc_subscription (tenant_id, id, data, mt_version, status, requested_at, next_due_at,
                trouble, trouble_since, mandate_owned_since, drift_since, terms_method_id, idle_since,
                over_maximum_since, maximum_used_since, too_often_since)
            select case when n % 2 = 0 then '30201' else '30202' end, gen_random_uuid(),
                '{"OpenedAt": "2019-01-01T00:00:00+00:00", "Drift": ["status"]}', 1, 'Open', '2031-01-01Z',
                case when n <= {{{Waiting}}} then '2020-01-01Z'::timestamptz + n * interval '1 second' end,
                case when n <= {{{Waiting}}} then 'suspended' end, t, t, t,
                84, t, t, t, t
            from generate_series(1, {{{Rows}}}) n, lateral (
                select case when n <= {{{Waiting}}} then '2020-01-01Z'::timestamptz + n * interval '1 second' end) w(t);
            insert into mt_doc_payment (tenant_id, id, data, preapproval_id, requested_at, owned_since,
                refund_owned_since, disputed_since, paid_twice_since)
            select case when n % 2 = 0 then '30201' else '30202' end, 'order-' || n,
                '{"Charge": {"Amount": {"Minor": 100, "Currency": "BRL"}, "Refunds": [
                    {"Key": "a", "Call": {"Owner": "operator"}}, {"Key": "b", "Call": {"Owner": "operator"}}]}}'::jsonb
                    || jsonb_build_object('PaidTwiceWith', 'order-' || n, 'PaidTwiceMinor', 100),
                gen_random_uuid(), '2031-01-01Z', t, t, t, t
            from generate_series(1, {{{Rows}}}) n, lateral (
                select case when n <= {{{Waiting}}} then '2020-01-01Z'::timestamptz + n * interval '1 second' end) w(t);
            insert into mt_doc_notification (tenant_id, id, data, mt_version, received_at, status, reason, waiting)
            select case when n % 2 = 0 then '30201' else '30202' end, gen_random_uuid(), '{}', 1,
                '2020-01-01Z'::timestamptz + n * interval '1 second', 'parked', 'mismatch_amount',
                case when n <= {{{Waiting}}} then 'mismatch' end
            from generate_series(1, {{{Rows}}}) n
            """);
    }

    public async Task DisposeAsync() => await World.DisposeAsync();
}

public class when_very_much_waits(CrowdedWorld shared) : IClassFixture<CrowdedWorld>
{
    private readonly World world = shared.World;

    // A page in the middle reads what it shows and little more, of young tables and of big ones.
    [Theory]
    [InlineData("select")]
    [InlineData("analyze")]
    public async Task no_table_is_read_through(string before)
    {
        await world.DataSource.DoAsync(before);
        await using var parts = world.Parts();
        var rows = parts.Services.GetRequiredService<AttentionRows>();
        await using var connection = await world.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();

        foreach (var kind in parts.Services.GetServices<AttentionKind>().OfType<SqlAttentionKind>())
        {
            var middle = new AttentionPosition(
                new DateTimeOffset(2020, 1, 1, 0, 20, 0, TimeSpan.Zero), kind.Name, "30201", "");
            var page = new AttentionQuery(["30201"], false, middle, 50);
            var list = await ExplainAsync(rows.Listing(connection, [kind], page, "explain (analyze, format json) "));
            var first = await ExplainAsync(
                rows.Listing(connection, [kind], page with { After = null }, "explain (analyze, format json) "));
            var count = await ExplainAsync(rows.Counting(connection, [kind], "explain (analyze, format json) "));

            Assert.DoesNotContain("Seq Scan", $"{list}{first}{count}", StringComparison.Ordinal);
            Assert.All([list, first], plan => Assert.True(Most(plan) <= 500, $"{kind.Name}: {plan}"));
        }
    }

    [Fact]
    public async Task each_is_on_one_page_of_its_site_oldest_first()
    {
        await using var parts = world.Parts();
        var list = parts.Services.GetRequiredService<AttentionList>();
        var (seen, after) = (new List<AttentionItem>(), (AttentionPosition?)null);

        for (var page = await list.OfSiteAsync("30201", null, null, 999, default); page.Count > 0;
            page = await list.OfSiteAsync("30201", null, after, 999, default))
        {
            seen.AddRange(page);
            after = AttentionPosition.Of(page[^1]);
        }

        Assert.Equal(seen.OrderBy(item => item.Since).Select(item => item.Since), seen.Select(item => item.Since));
        Assert.Equal(seen.Count, seen.Select(item => (item.Kind, item.Key)).Distinct().Count());
        Assert.All(seen, item => Assert.Equal("30201", item.Site));
        var counts = await list.CountAsync(default);
        Assert.All(
            seen.GroupBy(item => item.Kind), kind => Assert.Equal(counts[kind.Key], 2 * kind.Count()));
        Assert.Equal(
            (CrowdedWorld.Waiting / 2, CrowdedWorld.Waiting),
            (seen.Count(item => item.Kind == "dispute"), seen.Count(item => item.Kind == "refund_with_owner")));
    }

    private static async Task<JsonNode> ExplainAsync(NpgsqlBatch batch)
    {
        await using var explained = batch;

        return JsonNode.Parse((string)(await explained.ExecuteScalarAsync())!)!;
    }

    // The most rows that a step of the plan has read or thrown away.
    private static double Most(JsonNode? node) => node switch
    {
        JsonArray array => array.Select(Most).DefaultIfEmpty().Max(),
        JsonObject plan => plan.Select(part => part.Key is "Actual Rows" or "Rows Removed by Filter"
            ? (double)part.Value!
            : Most(part.Value)).DefaultIfEmpty().Max(),
        _ => 0,
    };
}
