namespace Billing.EventStore.Tests.Log;

/// <summary>What one reader was given. Each stream must come as 1, 2, 3 …: a lost, doubled or overtaken event breaks that.</summary>
internal sealed class Deliveries
{
    private readonly Dictionary<Guid, long> versions = [];

    public int Count { get; private set; }

    public List<string> Faults { get; } = [];

    public void Add(LogWindow window)
    {
        foreach (var e in window.Events)
        {
            var before = versions.GetValueOrDefault(e.Stream.Id);
            if (e.Version != before + 1)
            {
                Faults.Add($"{e} came after version {before}");
            }

            (versions[e.Stream.Id], Count) = (Math.Max(before, e.Version), Count + 1);
        }
    }

    /// <summary>One pass of a reader that starts at the beginning.</summary>
    public static async Task<Deliveries> OfAsync(LogReader reader, LogBound bound, int size)
    {
        var (deliveries, cursor) = (new Deliveries(), default(LogCursor));
        while (await reader.ReadAsync(cursor, bound, size, default) is { } window)
        {
            deliveries.Add(window);
            cursor = window.End;
        }

        return deliveries;
    }
}
