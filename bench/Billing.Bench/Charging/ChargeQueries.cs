using Npgsql;

namespace Billing.Bench.Charging;

/// <summary>What a charge row asks the database about the service that it measures.</summary>
internal sealed class ChargeQueries(NpgsqlDataSource dataSource, string schema)
{
    /// <summary>The database's clock.</summary>
    public Task<DateTime> NowAsync() => ScalarAsync<DateTime>("select clock_timestamp()");

    public Task<long> LastSequenceAsync() =>
        ScalarAsync<long>($"select coalesce(max(seq_id), 0) from {schema}.mt_events");

    /// <summary>Whether nothing is due before an instant and no charge is on its way.</summary>
    /// <remarks>Two small indexes answer it: asking must cost little while the service is measured.</remarks>
    public Task<bool> IsDoneAsync(DateTimeOffset dueBefore) => ScalarAsync<bool>(
        $"""
        select (select true from {schema}.mt_doc_subscription where next_due_at < $1
                order by next_due_at limit 1) is null
            and (select true from {schema}.mt_doc_subscription where oldest_intent is not null
                order by oldest_intent limit 1) is null
        """,
        dueBefore);

    /// <summary>How many charges were recorded as charged, and how many different ones.</summary>
    public async Task<(long Recorded, long Different)> ChargedAsync(long after)
    {
        await using var command = Command(
            $"""
            select count(*), count(distinct data -> 'Charge' ->> 'MerchantTransactionId')
            from {schema}.mt_events where seq_id > $1 and type = 'payment_charged'
            """,
            after);
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();

        return (row.GetInt64(0), row.GetInt64(1));
    }

    /// <param name="count">Counted from 1 in the order of recording.</param>
    /// <returns>When so many charges were recorded.</returns>
    public Task<DateTime> ChargedAtAsync(long after, int count) => ScalarAsync<DateTime>(
        $"""
        select timestamp from {schema}.mt_events where seq_id > $1 and type = 'payment_charged'
        order by timestamp offset $2 - 1 limit 1
        """,
        after, count);

    /// <summary>Of each charge the milliseconds from falling due to being recorded as charged.</summary>
    /// <param name="dayBegins">Business time of the day's beginning.</param>
    /// <param name="at">Real time at which it was that business time; both clocks run equally fast since.</param>
    /// <param name="skip">Charges that fall due in this first part of the day are left out.</param>
    public async Task<IReadOnlyList<double>> DelaysAsync(
        long after, DateTimeOffset dayBegins, DateTime at, TimeSpan skip)
    {
        await using var command = Command(
            $"""
            select (extract(epoch from charged.timestamp - ($3 + (due.at - $2))) * 1000)::float8
            from {schema}.mt_events charged
            join {schema}.mt_events asked on asked.tenant_id = charged.tenant_id and asked.stream_id = charged.stream_id
                and asked.version < charged.version and asked.type = 'charge_requested'
                and asked.data -> 'Charge' = charged.data -> 'Charge'
            cross join lateral (select (asked.data ->> 'DueAt')::timestamptz as at) due
            where charged.seq_id > $1 and charged.type = 'payment_charged' and due.at >= $2 + $4
            """,
            after, dayBegins, at, skip);
        await using var row = await command.ExecuteReaderAsync();
        var delays = new List<double>();

        while (await row.ReadAsync())
        {
            delays.Add(row.GetDouble(0));
        }

        return delays;
    }

    /// <summary>Whether every asynchronous projection has processed the event with this sequence number.</summary>
    public Task<bool> IsCaughtUpAsync(long sequence) => ScalarAsync<bool>(
        $"""
        select not exists (select from {schema}.mt_event_progression where name <> 'HighWaterMark' and last_seq_id < $1)
        """,
        sequence);

    /// <summary>Whether the transparency log has an entry for each event.</summary>
    /// <param name="entries">Its table.</param>
    public Task<bool> IsLoggedAsync(string entries) => ScalarAsync<bool>(
        $"""
        select (select count(*) from {schema}.mt_events where type <> 'tombstone')
            = (select coalesce(max(position), 0) from {entries})
        """);

    public Task<long> DeadlocksAsync() =>
        ScalarAsync<long>("select deadlocks from pg_stat_database where datname = current_database()");

    /// <summary>Sequence numbers after this one that belong to no event: their append was rolled back.</summary>
    public Task<long> UnusedSequencesAsync(long after) => ScalarAsync<long>(
        $"""
        select (select last_value from {schema}.mt_events_sequence) - $1
            - (select count(*) from {schema}.mt_events where seq_id > $1 and type <> 'tombstone')
        """,
        after);

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Command(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<T> ScalarAsync<T>(string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);

        return (T)(await command.ExecuteScalarAsync())!;
    }

    private NpgsqlCommand Command(string sql, params object[] parameters)
    {
        var command = dataSource.CreateCommand(sql);
        command.CommandTimeout = 600;
        command.Parameters.AddRange(parameters.Select(value => new NpgsqlParameter { Value = value }).ToArray());

        return command;
    }
}
