using Npgsql;

namespace Billing.Bench.Plans;

/// <summary>A million rows in each table that grows with customers or time, made by the server; nothing of them is due, unknown or waiting for now.</summary>
internal static class Ballast
{
    private const int Rows = 1_000_000;

    /// <summary>$1 rows.</summary>
    private static readonly (string Table, string Sql)[] Fills =
    [
        ("mt_streams", "insert into mt_streams (tenant_id, id, type, version) select '30201', md5(i::text)::uuid, 'preapproval', 1 from generate_series(1, $1) i"),
        // Each begins as a customer of the empty day did: whoever folds one of them finds a preapproval.
        ("mt_events",
            """
            insert into mt_events (id, stream_id, version, data, type, tenant_id, mt_dotnet_type)
            select md5('e' || i)::uuid, md5(i::text)::uuid, 1, e.data, e.type, '30201', 'ballast'
            from generate_series(1, $1) i cross join (select data, type from mt_events where version = 1 order by seq_id limit 1) e
            """),
        ("stream_keys", "insert into stream_keys (tenant_id, stream_id, wrapped_key, created_at) select '30201', md5(i::text)::uuid, decode(repeat('00', 60), 'hex'), now() from generate_series(1, $1) i"),
        ("merchant_preapproval_ids", "insert into merchant_preapproval_ids select '30201', 'ballast-' || i, md5(i::text)::uuid from generate_series(1, $1) i"),
        ("merchant_transaction_ids", "insert into merchant_transaction_ids select '30201', 'ballast-' || i, md5(i::text)::uuid from generate_series(1, $1) i"),
        ("gateway_ids", "insert into gateway_ids select '30201', 'preapproval', 100000000 + i, md5(i::text)::uuid from generate_series(1, $1) i"),
        ("due_dates", "insert into due_dates select '30201', md5(i::text)::uuid, '2020-01-01', 1 from generate_series(1, $1) i"),
        ("request_ids", "insert into request_ids (tenant_id, request_id, fingerprint, preapproval_id, from_version) select '30201', 'ballast-' || i, '\\x00', md5(i::text)::uuid, 0 from generate_series(1, $1) i"),
        ("customer_index", "insert into customer_index select '30201', decode(md5(i::text), 'hex'), 1, md5(i::text)::uuid from generate_series(1, $1) i"),
        ("subscriptions",
            """
            insert into subscriptions (tenant_id, preapproval_id, merchant_preapproval_id, gateway_preapproval_id, method_id, status, is_paused, next_due_at, drift, requested_at, closed_at, is_forgotten, stream_version)
            select '30201', md5(i::text)::uuid, 'ballast-' || i, -i, 46, case when i % 5 = 0 then 'closed' else 'open' end, false, case when i % 5 > 0 then now() + interval '1 year' + i * interval '1 second' end,
                '', now() - interval '2 years' + i * interval '1 second', case when i % 5 = 0 then now() - interval '1 year' end, false, 1
            from generate_series(1, $1) i
            """),
        ("payment_history",
            """
            insert into payment_history (tenant_id, merchant_transaction_id, preapproval_id, gateway_preapproval_id, method_id, attempt, origin, amount_minor, currency, status, gateway_payment_id, gateway_status_id, requested_at, stream_version)
            select '30201', 'ballast-' || i, md5(i::text)::uuid, 100000000 + i, 46, 1, 'on_demand', 990, 'BRL', 'charged', 200000000 + i, 2, now() - interval '2 years' + i * interval '1 second', 1
            from generate_series(1, $1) i
            """),
        ("notifications",
            """
            insert into notifications (id, tenant_id, received_at, headers, status, kind, reference, notified_at, outcome, gateway_id)
            select md5('n' || i)::uuid, '30201', now() - interval '2 years' + i * interval '1 second', '{}', 'matched', 'Payment', 'ballast-' || i, '20240101000000', 'applied', 200000000 + i
            from generate_series(1, $1) i
            """),
        ("messages",
            """
            insert into messages (id, lane, name, tenant_id, stream_id, body, due_at)
            select md5('m' || i)::uuid, case when i % 2 = 0 then 'network' else 'aggregate' end, 'charge_due', '30201', md5(i::text)::uuid, '{}', now() + interval '1 year' + i * interval '1 second'
            from generate_series(1, $1) i
            """),
    ];

    // After the events that it orders.
    private const string Positions =
        "insert into event_feed (position, seq_id) select coalesce((select max(position) from event_feed), 0) + row_number() over (order by seq_id), seq_id from (select seq_id from mt_events where mt_dotnet_type = 'ballast' limit $1) e";

    public static readonly IReadOnlySet<string> Tables = Fills.Select(fill => fill.Table).Append("event_feed").ToHashSet();

    /// <summary>Never analyzed until <see cref="AnalyzeAsync"/>: autovacuum does not come in between.</summary>
    public static async Task FillAsync(NpgsqlDataSource books, Action<string> say)
    {
        say("a million rows in each of its tables");
        await Parallel.ForEachAsync(Fills, new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (fill, _) => await FillAsync(books, fill.Table, fill.Sql));
        await FillAsync(books, "event_feed", Positions);

        // The feed has them all: its reader goes on behind them.
        await DoAsync(
            books,
            """
            update mt_event_progression p set last_epoch = e.epoch, last_transaction_id = e.transaction_id, last_seq_id = e.seq_id
            from (select * from mt_events order by epoch desc, transaction_id desc, seq_id desc limit 1) e where p.name = 'event_feed'
            """);
        await DoAsync(books, "checkpoint");
    }

    public static Task AnalyzeAsync(NpgsqlDataSource books) => DoAsync(books, $"analyze {string.Join(", ", Tables)}");

    private static async Task FillAsync(NpgsqlDataSource books, string table, string sql)
    {
        await DoAsync(books, $"alter table {table} set (autovacuum_enabled = false)");
        await DoAsync(books, sql, Rows);
    }

    private static async Task DoAsync(NpgsqlDataSource books, string sql, params object[] parameters)
    {
        await using var command = books.CreateCommand(sql);
        command.CommandTimeout = 1800;
        foreach (var value in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.ExecuteNonQueryAsync();
    }
}
