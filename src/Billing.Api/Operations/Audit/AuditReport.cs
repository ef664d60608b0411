using System.Globalization;

namespace Billing.Api.Operations.Audit;

/// <summary>What an audit found.</summary>
/// <param name="Differences">Empty when every stream is whole and every view and guard equals replay.</param>
public sealed record AuditReport(long Streams, long Events, IReadOnlyList<AuditDifference> Differences)
{
    public static AuditReport operator +(AuditReport one, AuditReport other) =>
        new(one.Streams + other.Streams, one.Events + other.Events, [.. one.Differences, .. other.Differences]);
}

/// <summary>One place where the tables contradict each other.</summary>
/// <param name="Version">Null when it concerns the stream as a whole, a document or a guard.</param>
/// <param name="What">A sentence without personal data.</param>
public sealed record AuditDifference(string Site, Guid StreamId, long? Version, string What)
{
    public override string ToString() => Version is null
        ? $"stream {Site}/{StreamId}: {What}"
        : string.Create(CultureInfo.InvariantCulture, $"stream {Site}/{StreamId} version {Version}: {What}");
}

/// <param name="Streams">Done so far.</param>
/// <param name="Events">Done so far.</param>
/// <param name="TotalStreams">As counted at the start.</param>
public sealed record AuditProgress(long Streams, long Events, long TotalStreams);
