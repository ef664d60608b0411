using System.Diagnostics;

namespace Billing.Api.Tests.Specs;

/// <summary>Looks into the tables, for what no answer may show.</summary>
public static class Books
{
    /// <returns>The default where there is no row, or null in it. A value of another type is an error.</returns>
    public static async Task<T?> AskBooksAsync<T>(this World world, string sql, params object[] parameters)
    {
        await using var command = world.Books.CreateCommand(sql);

        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new() { Value = parameter });
        }

        return await command.ExecuteScalarAsync() is { } value and not DBNull ? (T)value : default;
    }

    /// <summary>How much stands in the books, once all that earlier tests began has come to rest.</summary>
    public static async Task<(long Notifications, long Events)> SettledSizeAsync(this World world)
    {
        await world.UntilIdle();

        return await world.SizeAsync();
    }

    /// <summary>Equal counts before and after mean that nothing was stored.</summary>
    public static async Task<(long Notifications, long Events)> SizeAsync(this World world) => (
        await world.AskBooksAsync<long>("select count(*) from notifications"),
        await world.AskBooksAsync<long>("select count(*) from mt_events"));

    /// <summary>For what happens by itself, in a job of its own.</summary>
    public static async Task Until(string what, Func<Task<bool>> holds)
    {
        for (var until = Stopwatch.StartNew(); !await holds();)
        {
            Assert.True(until.Elapsed < TimeSpan.FromMinutes(3), $"It never came to it that {what}.");
            await Task.Delay(30);
        }
    }
}
