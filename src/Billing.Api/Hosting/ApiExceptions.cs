namespace Billing.Api.Hosting;

/// <summary>This site has no such object; another site's does not exist for it.</summary>
public sealed class NotFoundException : Exception;

/// <summary>The request's body is larger than allowed.</summary>
public sealed class PayloadTooLargeException : Exception;

/// <summary>The database has not answered while the service was starting.</summary>
public sealed class DatabaseUnavailableException(string message) : Exception(message);

/// <summary>The outcome is not known when the answer is due: 504.</summary>
public sealed class GatewayTimeoutException : Exception;
