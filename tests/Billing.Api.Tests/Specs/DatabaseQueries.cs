namespace Billing.Api.Tests.Specs;

/// <summary>Queries the tables for what no API answer shows.</summary>
public static class DatabaseQueries
{
    /// <returns>The default where there is no row, or null in it. A value of another type is an error.</returns>
    public static async Task<T?> QueryAsync<T>(this World world, string sql, params object[] parameters)
    {
        await using var command = world.DataSource.CreateCommand(sql);

        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new() { Value = parameter });
        }

        return await command.ExecuteScalarAsync() is { } value and not DBNull ? (T)value : default;
    }

    /// <summary>The number of rows once all work of earlier tests has ended.</summary>
    public static async Task<(long Notifications, long Events)> SettledSizeAsync(this World world)
    {
        await world.UntilIdle();

        return await world.SizeAsync();
    }

    /// <summary>Equal counts before and after mean that nothing was stored.</summary>
    public static async Task<(long Notifications, long Events)> SizeAsync(this World world) => (
        await world.QueryAsync<long>("select count(*) from notifications"),
        await world.QueryAsync<long>("select count(*) from mt_events"));
}
