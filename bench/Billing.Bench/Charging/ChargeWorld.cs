using System.Diagnostics;
using System.Globalization;
using Billing.Bench.Gateway;
using Billing.Bench.Harness;
using Billing.Bench.Seeding;

namespace Billing.Bench.Charging;

/// <summary>A database with subscriptions, and service and simulated gateway in processes of their own.</summary>
internal sealed class ChargeWorld : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(100);

    private readonly ChargeWorldPlan plan;
    private readonly long firstSequence;
    private int month;

    private ChargeWorld(
        ChargeWorldPlan plan, BillingHost host, SimulatedGateway gateway, ServerProcess service, ChargeQueries queries,
        long firstSequence)
    {
        (this.plan, this.firstSequence) = (plan, firstSequence);
        (Host, Gateway, Service, Queries) = (host, gateway, service, queries);
    }

    public BillingHost Host { get; }

    public SimulatedGateway Gateway { get; }

    public ServerProcess Service { get; }

    public ChargeQueries Queries { get; }

    /// <summary>How many charges were due so far.</summary>
    public long Expected => (long)month * plan.Due;

    public static async Task<ChargeWorld> CreateAsync(BenchRun run, ChargeWorldPlan plan)
    {
        var host = await BillingHost.CreateAsync(run);
        var queries = new ChargeQueries(host.DataSource, host.Schema);
        await Seeder.WriteAsync(
            host, run, plan.Due, "subscriptions that fall due",
            number => Subscribers.Due(number, plan.PastPeriods, (int?)(plan.OverSeconds * 1000L * number / plan.Due)));

        if (plan.NotDue > 0)
        {
            await Seeder.WriteAsync(
                host, run, plan.NotDue, "subscriptions that do not fall due",
                number => Subscribers.NotDue(plan.Due + number));
        }

        await queries.ExecuteAsync("vacuum analyze");
        var port = ServerProcess.FreePort();
        var gateway = await SimulatedGateway.StartAsync(
            plan.Due, plan.IsNotified ? new Uri($"http://127.0.0.1:{port}/v1/notifications") : null);
        var service = await host.StartServiceAsync(ServiceSettings(plan, gateway.Process.Port), port);
        var world = new ChargeWorld(plan, host, gateway, service, queries, await queries.LastSequenceAsync());
        await UntilAsync(
            () => queries.IsCaughtUpAsync(world.firstSequence),
            () => Task.FromResult("The asynchronous projections did not catch up."));

        // What the seeding left behind is cleaned up now and not while the months are measured.
        await queries.ExecuteAsync("vacuum analyze");
        await queries.ExecuteAsync("checkpoint");

        return world;
    }

    /// <summary>Moves the clock to the next month and waits until all that is due then is charged.</summary>
    /// <param name="part">The part of the charges that counts: the rate ends with the last one of it. 1: all.</param>
    /// <returns>Charges recorded per second since the moving of the clock.</returns>
    public async Task<double> MonthAsync(double part = 1)
    {
        var before = await Queries.LastSequenceAsync();
        var moved = await MoveToNextMonthAsync(TimeSpan.Zero);
        await UntilChargedAsync(before);
        var counted = (int)(plan.Due * part);

        return counted / (await Queries.ChargedAtAsync(before, counted) - moved).TotalSeconds;
    }

    /// <summary>Moves the clock to shortly before the next month and waits until its charges are recorded.</summary>
    /// <returns>Of each charge after the warm-up, milliseconds from falling due to being recorded.</returns>
    public async Task<IReadOnlyList<double>> SteadyMonthAsync(TimeSpan lead, TimeSpan warmUp)
    {
        var before = await Queries.LastSequenceAsync();
        var dayBegins = await MoveToNextMonthAsync(lead) + lead;
        await UntilChargedAsync(before);

        return await Queries.DelaysAsync(before, MonthBegins, dayBegins, warmUp);
    }

    /// <summary>Compares what was due with what the gateway received and with what is recorded.</summary>
    /// <returns>How many charges were taken twice, and what is wrong; null: nothing.</returns>
    public async Task<(long Twice, string? Wrong)> CheckAsync()
    {
        var (received, twice, lookedUpUnsent) = await Gateway.TotalsAsync();
        var (recorded, different) = await Queries.ChargedAsync(firstSequence);
        var isSent = received == Expected || (plan.IsTroubled && received > Expected);
        var isRight = isSent && twice == 0 && lookedUpUnsent == 0 && recorded == Expected && different == Expected;

        return (twice, isRight ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"{Expected:N0} charges were due, {received:N0} were sent, {twice:N0} taken twice, {lookedUpUnsent:N0} "
            + $"looked up and never sent, {recorded:N0} recorded, {different:N0} different ones"));
    }

    /// <summary>Sequence numbers that rolled-back appends have used up since the row began.</summary>
    public Task<long> UnusedSequencesAsync() => Queries.UnusedSequencesAsync(firstSequence);

    /// <exception cref="TimeoutException">It was not so within five minutes.</exception>
    public static async Task UntilAsync(Func<Task<bool>> isSo, Func<Task<string>> otherwise)
    {
        for (var waited = Stopwatch.StartNew(); !await isSo(); await Task.Delay(PollEvery))
        {
            if (waited.Elapsed > Patience)
            {
                throw new TimeoutException(await otherwise());
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        await Gateway.DisposeAsync();
        await Host.DisposeAsync();
    }

    private DateTimeOffset MonthBegins =>
        new(Subscribers.NextDueOn.AddMonths(month - 1).ToDateTime(default), TimeSpan.Zero);

    // The database's time at which the clock was moved.
    private async Task<DateTime> MoveToNextMonthAsync(TimeSpan lead)
    {
        month++;
        var moved = await Queries.NowAsync();
        await Gateway.MoveClockAsync(MonthBegins - lead);

        return moved;
    }

    private Task UntilChargedAsync(long after)
    {
        return UntilAsync(
            async () => await Queries.IsDoneAsync(MonthBegins.AddDays(1)) && await RecordedAsync() >= plan.Due,
            async () => $"{await RecordedAsync():N0} of {plan.Due:N0} charges were recorded in time.");

        async Task<long> RecordedAsync() => (await Queries.ChargedAsync(after)).Recorded;
    }

    private static Dictionary<string, string> ServiceSettings(ChargeWorldPlan plan, int gatewayPort)
    {
        var settings = new Dictionary<string, string>
        {
            ["Gateway__BaseAddress"] = $"http://127.0.0.1:{gatewayPort}/",
            ["Gateway__MaxConnections"] = "2000",
            ["Charging__MaxInFlight"] = "2000",
            ["Jobs__Enabled"] = "true",
            ["Jobs__IntervalMilliseconds"] = "200",
            ["Sandbox__Enabled"] = "true",
        };

        if (plan.PageSize is { } size)
        {
            settings["Charging__PageSize"] = $"{size}";
        }

        if (plan.IsTroubled)
        {
            // Business time: the defaults ask after five minutes, and believe "not found" after ten.
            settings["Charging__LookUpMinutes__0"] = "0.2";
            settings["Charging__LookUpMinutes__1"] = "1";
            settings["Charging__LookUpMinutes__2"] = "1";
            settings["Charging__QuietMinutes"] = "1";
        }

        return settings;
    }
}
