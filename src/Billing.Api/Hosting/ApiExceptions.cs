using Billing.Domain.Preapprovals;

namespace Billing.Api.Hosting;

/// <summary>This site has no such object; another site's does not exist for it.</summary>
public sealed class NotFoundException : Exception;

/// <summary>The request's body is larger than allowed.</summary>
public sealed class PayloadTooLargeException : Exception;

/// <summary>The database has not answered while the service was starting.</summary>
public sealed class DatabaseUnavailableException(string message) : Exception(message);

/// <summary>The outcome is not known when the answer is due: 504.</summary>
/// <param name="call">What is known of the call; null: the gateway has not answered.</param>
public sealed class GatewayTimeoutException(OutboundCall? call = null) : Exception
{
    public OutboundCall? Call => call;
}

/// <summary>The gateway cannot be called now, and nothing was recorded: 504.</summary>
public sealed class GatewayUnavailableException : Exception;
