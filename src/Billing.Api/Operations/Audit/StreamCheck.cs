namespace Billing.Api.Operations.Audit;

/// <summary>Whether a stream has every event from 1 to its version, and each can be read.</summary>
public static class StreamCheck
{
    public static IEnumerable<AuditDifference> Of(StoredStream stream)
    {
        var unreadable = stream.Unreadable.Select(one => one.Version);
        var versions = stream.Events.Select(row => row.Version).Concat(unreadable).ToHashSet();

        foreach (var (version, why) in stream.Unreadable)
        {
            yield return Of(stream, version, $"The event cannot be read ({why}).");
        }

        if (stream.Version == 0)
        {
            yield return Of(stream, null, "The stream has events and no row of its own.");
            yield break;
        }

        // An archived event is left out where the stream is read.
        foreach (var version in stream.Misfiled)
        {
            yield return Of(stream, version, "The event is archived and its stream is not, or the other way round.");
        }

        for (var version = 1L; version <= stream.Version; version++)
        {
            if (!versions.Contains(version))
            {
                yield return Of(stream, version, "The event is missing.");
            }
        }

        foreach (var version in versions.Where(version => version < 1 || version > stream.Version).Order())
        {
            yield return Of(stream, version, "The event lies beyond the stream's version.");
        }
    }

    private static AuditDifference Of(StoredStream stream, long? version, string what) =>
        new(stream.Site, stream.Id, version, what);
}
