using System.Globalization;

namespace Billing.EventStore;

/// <summary>What an audit found.</summary>
/// <param name="Streams">Streams looked at, also those that lost their row or their events.</param>
/// <param name="Events">Events looked at.</param>
/// <param name="Unchained">Events that another writer appended without a hash and that no append of ours has chained yet; not a difference.</param>
/// <param name="Differences">Empty when history is unbroken and every view equals replay.</param>
public sealed record AuditReport(long Streams, long Events, long Unchained, IReadOnlyList<Difference> Differences)
{
    /// <summary>What two parts of the store hold together.</summary>
    public static AuditReport operator +(AuditReport one, AuditReport other) => new(
        one.Streams + other.Streams, one.Events + other.Events, one.Unchained + other.Unchained, [.. one.Differences, .. other.Differences]);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Streams} streams, {Events} events, {Differences.Count} differences");
}

/// <summary>One place where the tables contradict themselves.</summary>
/// <param name="Version">Null when it concerns the stream as a whole or a view's row.</param>
/// <param name="What">A sentence without personal data.</param>
public sealed record Difference(string Tenant, Guid StreamId, long? Version, string What)
{
    public override string ToString() => Version is null
        ? $"stream {Tenant}/{StreamId}: {What}"
        : string.Create(CultureInfo.InvariantCulture, $"stream {Tenant}/{StreamId} version {Version}: {What}");
}

/// <param name="Streams">Done so far.</param>
/// <param name="Events">Done so far.</param>
/// <param name="TotalStreams">As counted at the start.</param>
public sealed record AuditProgress(long Streams, long Events, long TotalStreams);
