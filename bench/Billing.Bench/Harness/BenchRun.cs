using Billing.Testing;

namespace Billing.Bench.Harness;

/// <summary>What a benchmark is given: the number of its rounds, and databases of its own.</summary>
internal sealed class BenchRun(int rounds, Action<string> say) : IAsyncDisposable
{
    private readonly List<TestDatabase> databases = [];

    /// <summary>Rounds that are counted.</summary>
    public int Rounds { get; } = rounds;

    /// <summary>How long one side of a round is measured, where it is measured by time.</summary>
    public TimeSpan RoundTime { get; } = TimeSpan.FromSeconds(2);

    /// <summary>Shows progress.</summary>
    public void Say(string text) => say(text);

    /// <summary>An empty database, dropped when the benchmark ends.</summary>
    public async Task<TestDatabase> DatabaseAsync()
    {
        var database = await TestDatabase.CreateAsync("bench");
        databases.Add(database);

        return database;
    }

    /// <summary>Measures floor and value alternately, so that other load of the machine affects both.</summary>
    /// <param name="value">One round of what is measured.</param>
    /// <param name="floor">One round of the floor.</param>
    /// <param name="warm">Rounds that are not counted: in the first ones the runtime still compiles methods.</param>
    public async Task<IReadOnlyList<Round>> AlternateAsync(
        Func<Task<double>> value, Func<Task<double>>? floor = null, int warm = 1)
    {
        var measured = new List<Round>();

        for (var number = 1 - warm; number <= Rounds; number++)
        {
            double? beside = floor is null ? null : await floor();
            var round = new Round(await value(), beside);
            var name = number < 1 ? "warm-up" : $"round {number}";
            Say($"{name}: {round.Value:N1}{(beside is null ? "" : $", floor {beside:N0}")}");

            if (number > 0)
            {
                measured.Add(round);
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
