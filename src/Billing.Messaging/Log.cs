using Microsoft.Extensions.Logging;

namespace Billing.Messaging;

/// <summary>Every line that messaging logs. Names and ids, never bodies.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Message pump {Node} started.")]
    public static partial void Started(ILogger logger, string node);

    [LoggerMessage(2, LogLevel.Information, "Message pump {Node} stopped.")]
    public static partial void Stopped(ILogger logger, string node);

    [LoggerMessage(3, LogLevel.Warning, "PostgreSQL cannot be used ({Reason}). The message pump waits and goes on when it is back.")]
    public static partial void DatabaseAway(ILogger logger, string reason);

    [LoggerMessage(4, LogLevel.Information, "PostgreSQL is back. The message pump goes on.")]
    public static partial void DatabaseBack(ILogger logger);

    [LoggerMessage(5, LogLevel.Warning, "{Name} {MessageId} failed (attempt {Attempt}), again in {Delay}: {Reason}")]
    public static partial void Retried(ILogger logger, string name, Guid messageId, int attempt, TimeSpan delay, string reason);

    [LoggerMessage(6, LogLevel.Error, "{Name} {MessageId} is a dead letter: {Reason}")]
    public static partial void Died(ILogger logger, string name, Guid messageId, string reason);

    [LoggerMessage(7, LogLevel.Warning, "{Name} {MessageId} is not ours any more; another process decides it.")]
    public static partial void LeaseLost(ILogger logger, string name, Guid messageId);

    [LoggerMessage(8, LogLevel.Information, "{Name} {MessageId} was not sent and waits {Delay}: {Reason}")]
    public static partial void HandedBack(ILogger logger, string name, Guid messageId, TimeSpan delay, string reason);

    [LoggerMessage(9, LogLevel.Error, "{Name} {MessageId}: the stream could not be told that it died: {Reason}")]
    public static partial void StreamNotTold(ILogger logger, string name, Guid messageId, string reason);

    [LoggerMessage(10, LogLevel.Error, "{Name} {MessageId} could not be settled; it stays where it is, or comes back when its lease runs out: {Reason}")]
    public static partial void NotSettled(ILogger logger, string name, Guid messageId, string reason);

    [LoggerMessage(11, LogLevel.Debug, "A batch of {Count} did not commit ({Reason}); it is halved.")]
    public static partial void Halved(ILogger logger, int count, string reason);
}
