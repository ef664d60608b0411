namespace Billing.Api.Operations.Audit;

/// <summary>A stream as its rows say.</summary>
/// <param name="Version">As in mt_streams; 0 when that row is missing.</param>
/// <param name="Events">In order; without those that cannot be read.</param>
/// <param name="Unreadable">The versions of the others, and why.</param>
/// <param name="Misfiled">The versions that are archived where the stream is not, or the other way round.</param>
public sealed record StoredStream(
    string Site, Guid Id, long Version, IReadOnlyList<StoredRow> Events,
    IReadOnlyList<(long Version, string Why)> Unreadable, IReadOnlyList<long> Misfiled)
{
    /// <summary>True when the events are exactly those from 1 to <see cref="Version"/>, and all can be read.</summary>
    public bool IsWhole => Unreadable.Count == 0
        && Events.Count == Version
        && Events.Index().All(one => one.Item.Version == one.Index + 1);
}
