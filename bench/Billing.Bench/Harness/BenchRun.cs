using Billing.Testing;

namespace Billing.Bench.Harness;

/// <summary>What a benchmark is given: how long it may take, and databases of its own.</summary>
internal sealed class BenchRun(int rounds, Action<string> say) : IAsyncDisposable
{
    private readonly List<TestDatabase> databases = [];

    /// <summary>At least five, after one that is thrown away.</summary>
    public int Rounds { get; } = rounds;

    /// <summary>How long one side of a round is measured, where it is measured by time.</summary>
    public TimeSpan RoundTime { get; } = TimeSpan.FromSeconds(2);

    /// <summary>Shows progress to whoever waits.</summary>
    public void Say(string what) => say(what);

    /// <summary>An empty schema, dropped when the benchmark ends.</summary>
    public async Task<TestDatabase> DatabaseAsync()
    {
        var database = await TestDatabase.CreateAsync("bench");
        databases.Add(database);
        return database;
    }

    /// <summary>Value and floor by turns, so that whatever else the machine does meets both.</summary>
    /// <param name="value">What is measured.</param>
    /// <param name="floor">What it is measured beside.</param>
    /// <param name="warm">Rounds that are thrown away first: short ones end before the runtime has compiled all it meets for good, as in a service it has.</param>
    public async Task<IReadOnlyList<Round>> ByTurnsAsync(Func<Task<double>> value, Func<Task<double>>? floor = null, int warm = 1)
    {
        var measured = new List<Round>();
        for (var round = 1 - warm; round <= Rounds; round++)
        {
            double? beside = floor is null ? null : await floor();
            var one = new Round(await value(), beside);
            Say($"{(round < 1 ? "warm" : $"round {round}")}: {one.Value:N0}{(one.Floor is null ? "" : $" beside {one.Floor:N0}")}");
            if (round > 0)
            {
                measured.Add(one);
            }
        }

        return measured;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in databases)
        {
            await database.DisposeAsync();
        }
    }
}
