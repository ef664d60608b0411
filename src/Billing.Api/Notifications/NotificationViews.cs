using System.Globalization;
using Billing.Api.Subscriptions;
using Npgsql;

namespace Billing.Api.Notifications;

/// <summary>Reads the notification log of one site.</summary>
public sealed class NotificationViews(NpgsqlDataSource books)
{
    private const string Columns =
        "id, received_at, status, kind, outcome, reason, reference, gateway_id, preapproval_id, notified_at, again_at, body is not null";

    public async Task<NotificationView?> FindAsync(string tenant, Guid id, CancellationToken ct)
    {
        await using var command = Command($"select {Columns} from notifications where tenant_id = $1 and id = $2", [tenant, id]);
        await using var row = await command.ExecuteReaderAsync(ct);

        return await row.ReadAsync(ct) ? Read(row) : null;
    }

    /// <returns>A JSON object: the headers as they are kept.</returns>
    public async Task<string?> HeadersAsync(string tenant, Guid id, CancellationToken ct)
    {
        await using var command = Command("select headers::text from notifications where tenant_id = $1 and id = $2", [tenant, id]);

        return await command.ExecuteScalarAsync(ct) as string;
    }

    /// <summary>Newest first.</summary>
    /// <param name="after">The last one of the page before: its arrival and id.</param>
    public async Task<NotificationPage> ListAsync(string tenant, NotificationFilter filter, (DateTimeOffset At, Guid Id)? after, int limit, CancellationToken ct)
    {
        var parameters = new List<object> { tenant };
        var conditions = new List<string> { "tenant_id = $1" };

        // Only what is asked for stands in the statement, so that each search has its index.
        void Where(string condition, params object[] values)
        {
            conditions.Add(string.Format(CultureInfo.InvariantCulture, condition, [.. values.Select((_, i) => (object)$"${parameters.Count + i + 1}")]));
            parameters.AddRange(values);
        }

        if (filter.Status is { } status)
        {
            Where(NotificationFilter.Outcomes.Contains(status) ? "status = 'matched' and outcome = {0}" : "status = {0}", status);
        }

        if (filter.Kind is { } kind)
        {
            Where("kind = {0}", kind);
        }

        if (filter.Reference is { } reference)
        {
            if (long.TryParse(reference, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                Where(
                    "id in (select n.id from notifications n where n.tenant_id = $1 and n.reference = {0} union all select n.id from notifications n where n.tenant_id = $1 and n.gateway_id = {1})",
                    reference, number);
            }
            else
            {
                Where("reference = {0}", reference);
            }
        }

        if (filter.Since is { } since)
        {
            Where("received_at >= {0}", since.ToUniversalTime());
        }

        if (after is var (at, id))
        {
            Where("(received_at, id) < ({0}, {1})", at.ToUniversalTime(), id);
        }

        parameters.Add(limit + 1);
        await using var command = Command(
            $"select {Columns} from notifications where {string.Join(" and ", conditions)} order by received_at desc, id desc limit ${parameters.Count}", parameters);
        await using var row = await command.ExecuteReaderAsync(ct);
        var rows = new List<NotificationView>();

        while (await row.ReadAsync(ct))
        {
            rows.Add(Read(row));
        }

        var page = rows.Take(limit).ToList();

        return new NotificationPage(page, rows.Count > limit ? Cursor.Write(page[^1].ReceivedAt, page[^1].Id) : null);
    }

    private NpgsqlCommand Command(string sql, IEnumerable<object> parameters)
    {
        var command = books.CreateCommand(sql);

        foreach (var value in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }

    private static NotificationView Read(NpgsqlDataReader row)
    {
        T? Get<T>(int column) => row.IsDBNull(column) ? default : row.GetFieldValue<T>(column);

        var (status, kind, outcome, reason) = (row.GetString(2), Get<string>(3), Get<string>(4), Get<string>(5));

        return new NotificationView(
            row.GetGuid(0), row.GetFieldValue<DateTimeOffset>(1), status, kind, outcome, reason, NotificationExplanation.Of(status, kind, outcome, reason), Get<string>(6), Get<long?>(7),
            Get<Guid?>(8), Get<string>(9), Get<DateTimeOffset?>(10), row.GetBoolean(11));
    }
}
