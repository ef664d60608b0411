namespace Billing.Gateway;

/// <summary>How fast a site may call. Asked before anything is sent.</summary>
public interface IGatewayPace
{
    /// <summary>Waits for this call's turn, for a moment at most.</summary>
    /// <returns>Null: it is this call's turn now. Otherwise how long to stay away; nothing was used up.</returns>
    ValueTask<TimeSpan?> TakeAsync(string siteId, CancellationToken ct);
}

/// <summary>No limit.</summary>
public sealed class NoPace : IGatewayPace
{
    public ValueTask<TimeSpan?> TakeAsync(string siteId, CancellationToken ct) => default;
}
