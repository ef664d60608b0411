using Billing.Bench.Harness;

namespace Billing.Bench.Appending;

/// <summary>Rows of an event table of the same shape, 500 by each statement, by pgbench: no library, no loading, no chain, no views.</summary>
internal static class FloorEvents
{
    private const int PerStatement = 500;

    public static Task CreateAsync(Ledger ledger) =>
        Ledger.ExecuteAsync(ledger.Source, "create table floor_events (like mt_events including all)");

    public static async Task<double> PerSecondAsync(Ledger ledger, TimeSpan time) => PerStatement * await Pgbench.PerSecondAsync(
        ledger.ConnectionString,
        $$"""
        insert into floor_events (id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, correlation_id, causation_id, user_name, headers)
        select gen_random_uuid(), gen_random_uuid(), 1, '{"Origin": "Scheduled", "Gateway": {"Code": null, "Created": "20260131090000", "StatusId": 7, "PaymentId": 1, "NotifiedAt": null, "StatusInfo": "PendingOnProvider"}, "Charge": {"Period": {"DueOn": "2026-01-31", "ScheduleRevision": 1}, "Attempt": 1, "MerchantTransactionId": "0198c0c0c0c07000800000000000000-1-260131-1"}, "Amount": {"Minor": 990, "Currency": "BRL"}, "LookUps": 3, "LearntFrom": "LookUp"}',
            'payment_pending', now(), '30201', 'Billing.Domain.Preapprovals.PaymentPending, Billing.Domain', 'bench', 'bench', 'bench',
            '{"hash": "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"}'
        from generate_series(1, {{PerStatement}})
        """,
        clients: 1, time);
}
