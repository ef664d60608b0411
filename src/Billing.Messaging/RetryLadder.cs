using Microsoft.Extensions.Logging;

namespace Billing.Messaging;

/// <summary>What a failure means: wait and try again, or give up.</summary>
internal sealed class RetryLadder(HandlerMap handlers, MessagingOptions options, ILogger logger)
{
    public Settlement Failed(Claimed message, Exception exception)
    {
        var isFinal = handlers.IsFinal(exception);
        var reason = Faults.Reason(exception, isFinal);
        if (isFinal || message.Attempts >= options.RetryLadder.Count)
        {
            // A stack names methods, never values; the exception's own text may hold anything and is left out.
            return new Settlement(message, new Ending.Died(reason, exception.StackTrace));
        }

        var delay = options.RetryLadder[message.Attempts];
        Log.Retried(logger, message.Name, message.Id, message.Attempts + 1, delay, reason);
        return new Settlement(message, new Ending.Retried(delay));
    }
}
