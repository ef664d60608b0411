using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Billing.Messaging.Tests.Specs;

/// <summary>Keeps what is logged.</summary>
internal sealed class Lines : ILogger<MessagePump>
{
    private readonly ConcurrentQueue<string> lines = [];

    public IReadOnlyCollection<string> All => lines;

    public int Count(string part) => lines.Count(line => line.Contains(part, StringComparison.Ordinal));

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        lines.Enqueue(formatter(state, exception) + exception);
}
