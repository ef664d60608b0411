using System.Globalization;

namespace Billing.Api.Operations.Audit;

/// <summary>What an audit found.</summary>
/// <param name="Differences">
/// Empty when every event is the one that was logged, and every view and guard equals replay.
/// </param>
public sealed record AuditReport(long Streams, long Events, IReadOnlyList<AuditDifference> Differences)
{
    /// <summary>How far the log was behind; null when every event was compared with it.</summary>
    public string? Behind { get; init; }

    public static AuditReport operator +(AuditReport one, AuditReport other) =>
        new(one.Streams + other.Streams, one.Events + other.Events, [.. one.Differences, .. other.Differences]);
}

/// <summary>One place where the tables contradict each other.</summary>
/// <param name="StreamId">Null when it concerns the log as a whole, or an event that is gone.</param>
/// <param name="Version">Null when it concerns the stream as a whole, a document or a guard.</param>
/// <param name="What">A sentence without personal data.</param>
public sealed record AuditDifference(string Site, Guid? StreamId, long? Version, string What)
{
    public static AuditDifference OfLog(string what) => new("", null, null, what);

    public static AuditDifference OfReports(string what) => new("reports", null, null, what);

    public override string ToString() => (StreamId, Version) switch
    {
        (null, _) => $"{(Site.Length > 0 ? Site : "log")}: {What}",
        (_, null) => $"stream {Site}/{StreamId}: {What}",
        _ => string.Create(CultureInfo.InvariantCulture, $"stream {Site}/{StreamId} version {Version}: {What}"),
    };
}

/// <param name="Streams">Done so far; of the log, entries.</param>
/// <param name="Events">Done so far.</param>
/// <param name="TotalStreams">As counted at the start.</param>
public sealed record AuditProgress(long Streams, long Events, long TotalStreams);
