namespace Billing.Audit.Sealing;

/// <summary>The key of one stream's personal data, wrapped by the master key. Without it they are unreadable.</summary>
/// <remarks>The document stays when its key is destroyed, so that no second key is ever made for the stream.</remarks>
public sealed class DataKey
{
    /// <summary>The stream's id.</summary>
    public Guid Id { get; set; }

    /// <summary>Null once it is destroyed.</summary>
    public byte[]? Wrapped { get; set; }

    /// <summary>Names the master key that wrapped it.</summary>
    public string MasterKeyId { get; set; } = "";

    public bool IsDestroyed => Wrapped is null;
}
