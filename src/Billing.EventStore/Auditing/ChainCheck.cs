using System.Globalization;

namespace Billing.EventStore;

/// <summary>Checks one stream against itself: versions without gap, every hash, and what mt_streams says of it.</summary>
internal static class ChainCheck
{
    /// <returns>The differences, and how many events at the end wait for being chained.</returns>
    internal static (List<Difference> Differences, long Unchained) Of(StoredStream stream)
    {
        var differences = new List<Difference>();
        var (next, unchained) = (1L, 0L);
        string? previous = null;
        var previousIsKnown = true;

        foreach (var stored in stream.Events)
        {
            if (stored.Version != next)
            {
                Report(next, Missing(next, stored.Version - 1));
                previousIsKnown = false;
            }

            if (stored.Hash is null && stored.Version > (stream.Head?.HashVersion ?? 0))
            {
                unchained++;
            }
            else if (stored.Hash is null)
            {
                Report(stored.Version, "The event has lost its hash.");
            }
            else if (previousIsKnown && HashChain.Hash(stored, previous) != stored.Hash)
            {
                Report(stored.Version, "The event is not the one that was recorded: its hash does not match.");
            }

            // Against the stored hash, so that one changed event is named alone and not with all that follow it.
            (next, previous, previousIsKnown) = (stored.Version + 1, stored.Hash, stored.Hash is not null);
        }

        CheckHead(next - 1);
        return (differences, unchained);

        void CheckHead(long last)
        {
            if (stream.Head is not { } head)
            {
                Report(null, "There are events and no row in mt_streams.");
                return;
            }

            if (head.Version > last)
            {
                Report(last + 1, Missing(last + 1, head.Version));
            }
            else if (head.Version < last)
            {
                Report(null, string.Create(CultureInfo.InvariantCulture, $"mt_streams says version {head.Version}, and there are events up to {last}."));
            }

            if (head.HashVersion > head.Version || (head.HashVersion > 0 && stream.Events.Any(e => e.Version == head.HashVersion && e.Hash != head.Hash)))
            {
                Report(null, "The head hash in mt_streams is not that of the last chained event.");
            }
        }

        void Report(long? version, string what) => differences.Add(new Difference(stream.Key.Tenant, stream.Key.Id, version, what));
    }

    private static string Missing(long first, long last) => first == last
        ? "The event is missing."
        : string.Create(CultureInfo.InvariantCulture, $"The events {first} to {last} are missing.");
}
