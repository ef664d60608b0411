namespace Billing.EventStore;

/// <summary>Names one stream. Streams are locked in the order of their keys: tenant (ordinal), then id as PostgreSQL orders uuid.</summary>
/// <param name="Tenant">The SiteID as a string.</param>
/// <param name="Id">The stream's id, a UUIDv7 of ours.</param>
public readonly record struct StreamKey(string Tenant, Guid Id) : IComparable<StreamKey>
{
    public int CompareTo(StreamKey other)
    {
        var byTenant = string.CompareOrdinal(Tenant, other.Tenant);
        return byTenant != 0 ? byTenant : Id.CompareTo(other.Id);
    }

    /// <summary>Ids alone tell streams apart well enough; hashing the tenant too costs more than the look-up.</summary>
    public override int GetHashCode() => Id.GetHashCode();

    public override string ToString() => $"{Tenant}/{Id}";

    public static bool operator <(StreamKey left, StreamKey right) => left.CompareTo(right) < 0;

    public static bool operator >(StreamKey left, StreamKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(StreamKey left, StreamKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(StreamKey left, StreamKey right) => left.CompareTo(right) >= 0;
}
