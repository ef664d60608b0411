using Billing.Api.Operations.TransparencyLog;
using Billing.Api.Reports;
using Billing.Bench.Harness;
using Billing.Bench.Seeding;
using Npgsql;

namespace Billing.Bench.Auditing;

/// <summary>A database with subscriptions of 60 paid months each, 124 events a stream.</summary>
internal sealed class History : IAsyncDisposable
{
    private const int PastPeriods = 60;
    private const int EventsEach = 4 + (2 * PastPeriods);

    private History(BillingHost host) => Host = host;

    public BillingHost Host { get; }

    /// <summary>How many events there are.</summary>
    public long Events { get; private set; }

    /// <param name="events">About so many: whole streams are written.</param>
    public static async Task<History> CreateAsync(BenchRun run, int events)
    {
        var history = new History(await BillingHost.CreateAsync(run));
        await Seeder.WriteAsync(
            history.Host, run, events / EventsEach, "subscriptions with 60 paid months",
            number => Subscribers.Due(number, PastPeriods));
        history.Events = await history.CountAsync("mt_events where type <> 'tombstone'");
        await history.ExecuteAsync("vacuum analyze");
        await history.ExecuteAsync("checkpoint");

        return history;
    }

    /// <summary>Logs every event and counts it for the reports, as the running service does.</summary>
    public async Task LogAsync()
    {
        await Host.Get<LogWriter>().AppendAsync(await LastSequenceAsync(), default);
        await Host.Get<LogCheckpoints>().RunOnceAsync(default);
        await Host.Get<ReportWriter>().AppendAsync(await LastSequenceAsync(), default);
    }

    public Task<long> LastSequenceAsync() => ScalarAsync<long>($"select max(seq_id) from {Host.Schema}.mt_events");

    /// <param name="rows">A table of the service, and a condition.</param>
    public Task<long> CountAsync(string rows) => ScalarAsync<long>($"select count(*) from {Host.Schema}.{rows}");

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Command(sql);

        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Command(sql);
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    private NpgsqlCommand Command(string sql)
    {
        var command = Host.DataSource.CreateCommand(sql);
        command.CommandTimeout = 600;

        return command;
    }
}
