namespace Billing.EventStore;

/// <summary>A sealed value does not open: it was changed, moved to another event or stream, or its key is not this master key's.</summary>
/// <remarks>Never to be read as "forgotten", which is null.</remarks>
public sealed class SealException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The stream's key was destroyed: nothing personal can be written under it again.</summary>
public sealed class StreamForgottenException(StreamKey stream) : Exception($"Stream {stream} is forgotten: its key is destroyed.")
{
    public StreamKey Stream { get; } = stream;
}
