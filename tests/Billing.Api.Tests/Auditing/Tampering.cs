using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Auditing;

/// <summary>Changes tables by hand, and undoes it.</summary>
internal static class Tampering
{
    public static async Task<(string Tenant, Guid Stream, long Version, string Data)> AnEventAsync(
        this World world, string type, bool isAnswer = true)
    {
        await using var command = world.DataSource.CreateCommand(
            "select tenant_id, stream_id, version, data::text from mt_events where type = $1 and (not $2 or data ->> "
            + "'LearntFrom' = 'Answer') order by stream_id, version limit 1");
        command.Parameters.Add(new() { Value = type });
        command.Parameters.Add(new() { Value = isAnswer });
        await using var row = await command.ExecuteReaderAsync();
        Assert.True(await row.ReadAsync(), $"No {type}.");

        return (row.GetString(0), row.GetGuid(1), row.GetInt64(2), row.GetString(3));
    }

    /// <summary>Keeps rows of mt_events, changes them, verifies, and restores them.</summary>
    public static async Task TamperAsync(
        this World world, string tamper, string where, object[] parameters, Action<Ending> then, string? mend = null)
    {
        await world.DataSource.DoAsync($"create table kept as select * from mt_events where {where}", parameters);

        try
        {
            Assert.True(await world.DataSource.DoAsync(tamper) > 0);
            then(await world.Billing("audit", "verify"));
        }
        finally
        {
            await world.DataSource.DoAsync("delete from mt_events where seq_id in (select seq_id from kept)");
            await (mend is null ? Task.CompletedTask : world.DataSource.DoAsync(mend));
            await world.DataSource.DoAsync("insert into mt_events select * from kept; drop table kept");
        }
    }

    /// <summary>Changes one row, verifies, and restores it: other tests need the database unchanged.</summary>
    public static async Task TamperAsync(
        this World world, (string Sql, object[] Parameters) tamper, (string Sql, object[] Parameters) mend,
        Action<Ending> then)
    {
        Assert.Equal(1, await world.DataSource.DoAsync(tamper.Sql, tamper.Parameters));

        try
        {
            then(await world.Billing("audit", "verify"));
        }
        finally
        {
            await world.DataSource.DoAsync(mend.Sql, mend.Parameters);
        }
    }
}
