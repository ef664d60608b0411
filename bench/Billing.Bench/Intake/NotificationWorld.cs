using Billing.Bench.Charging;
using Billing.Bench.Gateway;
using Billing.Bench.Harness;
using Billing.Bench.Seeding;

namespace Billing.Bench.Intake;

/// <summary>A database with preapprovals that have pending payments, and the service in its own process.</summary>
internal sealed class NotificationWorld : IAsyncDisposable
{
    private const int BodyBytes = 1_500;
    private readonly List<IReadOnlyList<double>> took = [];
    private int answered;

    private NotificationWorld(BillingHost host, ServerProcess service) =>
        (Host, Service, Stored) = (host, service, new StoredNotifications(host));

    public BillingHost Host { get; }

    public ServerProcess Service { get; }

    public StoredNotifications Stored { get; }

    /// <param name="preapprovals">It knows the preapprovals 1 to this number.</param>
    public static async Task<NotificationWorld> CreateAsync(BenchRun run, int preapprovals)
    {
        var host = await BillingHost.CreateAsync(run);
        await KnownNotifications.SeedAsync(host, run, preapprovals);
        var settings = new Dictionary<string, string> { ["Notifications__Confirm"] = "off" };

        return new NotificationWorld(host, await host.StartServiceAsync(settings));
    }

    /// <summary>Notes the answers of one round.</summary>
    public void Add(IReadOnlyList<double> milliseconds)
    {
        answered += milliseconds.Count;
        took.Add(milliseconds);
    }

    public Task UntilAppliedAsync() => ChargeWorld.UntilAsync(
        Stored.AreAppliedAsync, async () => $"{await Stored.WaitingAsync():N0} notifications were not applied.");

    /// <summary>Checks that each notification was stored once and matched.</summary>
    public async Task<Measured> CloseAsync(BenchRun run, IReadOnlyList<Round> rounds)
    {
        // Every request has its own number, so that a lost and a doubled one cannot compensate each other.
        var (all, different) = await Stored.HeadersAsync(KnownNotifications.NumberHeader);
        var (_, matched) = await Stored.CountAsync();
        var counts = $"{answered:N0} were answered 204, {all:N0} stored, {different:N0} distinct, {matched:N0} matched";

        return new Measured(rounds, all == answered && different == answered && matched == answered ? null : counts)
        {
            Figures = new Dictionary<string, double>
            {
                ["p99_ms"] = Figures.P99(took.TakeLast(rounds.Count).SelectMany(round => round)),
                ["max_rss_mb"] = Service.MaxRssMb,
                ["duplicates"] = all - different,
                ["pgbench_1500_bytes_per_s"] = await Pgbench.OneRowCommitsAsync(
                    Host.DataSource, Host.ConnectionString, run.RoundTime, BodyBytes),
            },
        };
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        await Host.DisposeAsync();
    }
}
