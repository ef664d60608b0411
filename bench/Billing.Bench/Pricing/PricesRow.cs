using System.Diagnostics;
using System.Text.RegularExpressions;
using Billing.Bench.Harness;
using Billing.Bench.Seeding;
using Npgsql;

namespace Billing.Bench.Pricing;

/// <summary>How many prices `billing price-change run` changes a second; it is killed at half and repeated.</summary>
internal static partial class PricesRow
{
    private const int Subscriptions = 100_000;
    private const string On = "2080-01-01";

    public static readonly Benchmark Row = new(
        "prices", $"billing price-change run of {Subscriptions:N0} subscriptions, killed at half and run again",
        "prices/s", "one update of the same snapshots by SQL", MeasureAsync)
    {
        Bar = 1_000,
    };

    private static async Task<Measured> MeasureAsync(BenchRun run)
    {
        await using var host = await BillingHost.CreateAsync(run);
        await Seeder.WriteAsync(host, run, Subscriptions, "open subscriptions", Subscribers.Running);
        var (tries, cancels, memory, wrong) = (new List<double>(), new List<double>(), 0.0, (string?)null);
        var rounds = await run.AlternateAsync(
            async () =>
            {
                var tried = await host.RunAsync(
                    "price-change", "try", "--currency", "BRL", "--percent", "10", "--on", On, "--by", "bench");
                var id = Id().Match(tried.Output).Groups[1].Value;
                var killed = await host.RunUntilAsync(() => IsHalfDoneAsync(host, id), "price-change", "run", id);
                var again = await host.RunAsync("price-change", "run", id);
                memory = Math.Max(memory, again.MaxRssMb);
                tries.Add(tried.Seconds);
                wrong ??= killed.ExitCode == 0 ? "The first run was over before it was killed."
                    : again.ExitCode != 0 ? again.Output
                    : await CheckAsync(host, id, "schedule_change_planned");

                var cancelled = await host.RunAsync("price-change", "cancel", id);
                cancels.Add(cancelled.Seconds);
                wrong ??= cancelled.Output.Contains($"{Subscriptions} taken back", StringComparison.Ordinal)
                    ? null
                    : cancelled.Output;

                return Subscriptions / (killed.Seconds + again.Seconds);
            },
            () => UpdateAsync(host));

        return new Measured(rounds, wrong)
        {
            Figures = new Dictionary<string, double>
            {
                ["dry_run_s"] = Figures.Median(tries),
                ["run_s"] = Subscriptions / Figures.Median(rounds.Select(round => round.Value)),
                ["cancel_s"] = Figures.Median(cancels),
                ["max_rss_mb"] = memory,
            },
        };
    }

    private static async Task<bool> IsHalfDoneAsync(BillingHost host, string id) => await ScalarAsync<long>(
        host,
        $"select coalesce(max((data #>> '{{Run,Looked}}')::bigint), 0) from {host.Schema}.mt_doc_pricechange "
        + $"where id = '{id}'") >= Subscriptions / 2;

    // One event of this change in each stream, and in each snapshot.
    private static async Task<string?> CheckAsync(BillingHost host, string id, string type)
    {
        var found = await ScalarAsync<string>(
            host,
            $$"""
            select count(*) || ' events, ' || count(distinct stream_id) || ' streams, '
                || (select count(*) from {{host.Schema}}.mt_doc_subscription
                    where data #>> '{Planned,PriceChange}' = '{{id}}') || ' snapshots'
            from {{host.Schema}}.mt_events where type = '{{type}}' and data ->> 'PriceChange' = '{{id}}'
            """);
        return found == $"{Subscriptions} events, {Subscriptions} streams, {Subscriptions} snapshots" ? null : found;
    }

    private static async Task<double> UpdateAsync(BillingHost host)
    {
        var watch = Stopwatch.StartNew();
        await ScalarAsync<long>(
            host,
            $$"""
            with updated as (
                update {{host.Schema}}.mt_doc_subscription
                set data = jsonb_set(data, '{Schedule,Amount,Minor}', data #> '{Schedule,Amount,Minor}')
                returning 1)
            select count(*) from updated
            """);

        return Subscriptions / watch.Elapsed.TotalSeconds;
    }

    private static async Task<T> ScalarAsync<T>(BillingHost host, string sql)
    {
        await using NpgsqlCommand command = host.DataSource.CreateCommand(sql);
        command.CommandTimeout = 600;

        return (T)(await command.ExecuteScalarAsync())!;
    }

    [GeneratedRegex("price-change run ([0-9a-f-]{36})")]
    private static partial Regex Id();
}
