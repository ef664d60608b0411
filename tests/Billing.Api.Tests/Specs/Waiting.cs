using System.Diagnostics;

namespace Billing.Api.Tests.Specs;

public static class Waiting
{
    /// <summary>For what a recurring job or another process does.</summary>
    public static async Task Until(string what, Func<Task<bool>> holds)
    {
        for (var until = Stopwatch.StartNew(); !await holds();)
        {
            Assert.True(until.Elapsed < TimeSpan.FromMinutes(3), $"It never came to it that {what}.");
            await Task.Delay(30);
        }
    }
}
