using Microsoft.Extensions.Logging;

namespace Billing.EventStore;

/// <summary>Every line that the event store logs. Names and ids, never data.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "{Projection}: this node reads the log now (term {Term}).")]
    public static partial void Taken(ILogger logger, string projection, long term);

    [LoggerMessage(2, LogLevel.Warning, "{Projection}: the lease is lost; what was in hand is not written.")]
    public static partial void Lost(ILogger logger, string projection);

    [LoggerMessage(EventId = 3, Message = "{Projection} {What} at {Where}: {Reason}. Tried again in {Wait}.")]
    public static partial void Failed(ILogger logger, LogLevel level, string projection, string what, string where, string reason, TimeSpan wait);

    [LoggerMessage(4, LogLevel.Warning, "{Projection} cannot run ({Reason}). It goes on as soon as it can.")]
    public static partial void Hindered(ILogger logger, string projection, string reason);

    [LoggerMessage(5, LogLevel.Information, "{Projection}: the lease could not be given back ({Reason}); it runs out.")]
    public static partial void NotReleased(ILogger logger, string projection, string reason);
}
