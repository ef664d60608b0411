using System.Security.Cryptography;
using Billing.Api;
using Billing.Bench.Gateway;
using Billing.Bench.Harness;
using Npgsql;

namespace Billing.Bench.Plans;

/// <summary>Whether every statement that a running service meets goes by its index: on empty tables, on a million rows of which PostgreSQL knows nothing yet, and on the same analyzed.</summary>
internal static class PlanRow
{
    public static readonly Benchmark Row = new(
        "plans", "statements of a day that read few rows by an index: empty, a million rows, the same analyzed", "statements", null, null, MeasureAsync);

    /// <summary>Read as many rows as there are, and why they may; matched by their beginning or what only they say.</summary>
    private static readonly (string Says, string Why)[] Allowed =
    [
        ("select count(*) from payment_history", "GET /v1/payments tells the total, as GlobalPay's does"),
    ];

    private static async Task<Measured> MeasureAsync(BenchRun run)
    {
        var database = await run.DatabaseAsync();
        await BillingServices.MigrateAsync(BillingServices.Schema(database.DataSource), default);
        using var tap = new PlanTap(database.ConnectionString);
        // Below the range of outgoing connections: it is listened on three times, and nobody may take it in between.
        var port = 20_000 + RandomNumberGenerator.GetInt32(10_000);
        await using var sandbox = await ServerProcess.StartAsync(
            [Built("Billing.Sandbox")], "health/live",
            new Dictionary<string, string> { ["Sandbox__Sites__30201__ApiKey"] = "gateway-key-30201", ["Sandbox__Sites__30201__NotificationUrl"] = $"http://127.0.0.1:{port}/v1/notifications" });
        var (key, statements, wrong) = (Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), new HashSet<string>(), new SortedDictionary<string, string>(StringComparer.Ordinal));

        foreach (var state in (string[])["empty", "million", "analyzed"])
        {
            if (state == "million")
            {
                await Ballast.FillAsync(database.DataSource, run.Say);
            }
            else if (state == "analyzed")
            {
                await Ballast.AnalyzeAsync(database.DataSource);
            }

            run.Say($"a day on tables that are {state}");
            tap.Plans.Clear();
            await using (var service = await ServerProcess.StartAsync([Built("Billing.Api"), "serve"], "health/live", Settings(tap.ConnectionString, sandbox.Http.BaseAddress!, key), port))
            {
                await new StorefrontDay(service.Http, sandbox.Http, state).LiveAsync(await FeedHeadAsync(database.DataSource));
            }

            foreach (var seen in tap.Plans.ToArray().Select(SeenPlan.Read).Where(seen => seen.Tables.Count > 0))
            {
                statements.Add(seen.Statement);
                if (seen.Wrong is { } how && !Array.Exists(Allowed, one => seen.Statement.Contains(one.Says, StringComparison.Ordinal)))
                {
                    wrong.TryAdd($"{state}: {seen.Statement}", how);
                }
            }
        }

        foreach (var (statement, how) in wrong)
        {
            run.Say($"{statement}\n{how}");
        }

        return new Measured([new Round(statements.Count)], Wrong: wrong.Count == 0 ? null : $"{wrong.Count} plans read too much; the first: {wrong.First().Key}");
    }

    private static string Built(string project) => Path.Combine(AppContext.BaseDirectory, $"../../../../../src/{project}/bin/Release/net10.0/{project}.dll");

    private static async Task<long> FeedHeadAsync(NpgsqlDataSource books)
    {
        await using var command = books.CreateCommand("select coalesce(max(position), 0) from event_feed");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static Dictionary<string, string> Settings(string books, Uri gateway, string key) => new()
    {
        ["ConnectionStrings__Billing"] = books,
        ["Gateway__BaseAddress"] = gateway.ToString(),
        ["Sandbox__Enabled"] = "true",
        ["Sites__30201__ApiKey"] = "storefront-key-30201",
        ["Sites__30201__GatewayApiKey"] = "gateway-key-30201",
        ["Sealing__MasterKey"] = key,
        ["Sealing__IndexKey"] = key,
        ["Logging__LogLevel__Default"] = "Warning",
    };
}
