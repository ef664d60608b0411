using Billing.Api.Attention;
using Billing.Api.Hosting;
using Npgsql;

namespace Billing.Api.Operations.TransparencyLog;

/// <summary>The alarms of the transparency log, which is that of all sites.</summary>
public sealed class LogAlarms(NpgsqlDataSource dataSource, Database database, TimeProvider realTime) : AttentionKind
{
    public override string Name => "log_alarm";

    public override bool IsForOperators => true;

    public override async Task<IReadOnlyList<AttentionItem>> ListAsync(AttentionQuery query, CancellationToken ct) =>
        [.. (await AlarmsAsync(ct)).Where(item => query.After?.IsBefore(item) ?? true)
            .OrderBy(item => item.Since).Take(query.Most)];

    public override async Task<long> CountAsync(CancellationToken ct) => (await AlarmsAsync(ct)).Count;

    private async Task<IReadOnlyList<AttentionItem>> AlarmsAsync(CancellationToken ct)
    {
        var log = await LogStatus.AskAsync(dataSource, database, ct);
        var items = new List<AttentionItem>();

        if (log.IsLagging)
        {
            items.Add(Item(realTime.GetUtcNow() - TimeSpan.FromSeconds(log.LagSeconds), LogStatus.Lag,
                "./billing serve"));
        }

        if (log.LateEntries > 0)
        {
            items.Add(Item(await FirstLateAsync(ct), log.Late, "./billing audit verify"));
        }

        return items;
    }

    private AttentionItem Item(DateTimeOffset since, string why, string command) =>
        new(Name, null, since, AttentionItem.Real, why, [command]) { Key = command };

    private async Task<DateTimeOffset> FirstLateAsync(CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            $"select logged_at from {database.Schema}.{LogTables.Entries} where late order by position limit 1");
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);

        return row.GetFieldValue<DateTimeOffset>(0);
    }
}
