using Billing.EventStore;

namespace Billing.Api.Cli;

/// <summary>Progress of long work on one line of a terminal; silent where the output is no terminal.</summary>
internal sealed class ConsoleProgress(string name) : IProgress<AuditProgress>
{
    public void Report(AuditProgress value)
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write($"\r{name}: {value.Streams} of {value.TotalStreams} streams, {value.Events} events{(value.Streams >= value.TotalStreams ? "\n" : "")}");
        }
    }
}
