using System.CommandLine;
using Billing.Api.Hosting;

namespace Billing.Api.Operations.Cli;

/// <summary>Options that are times: as RFC 3339 has them, with their offset, so that nothing is guessed.</summary>
internal static class Instants
{
    public static Option<DateTimeOffset?> Option(string name, string description) => new(name)
    {
        Description = $"{description} RFC 3339 with its offset, for example 2026-01-31T09:00:00Z.",
        HelpName = "T",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;

            if (Rfc3339.TryParse(text, out var instant))
            {
                return instant;
            }

            result.AddError(
                $"{name} '{text}' is no time with its offset, like 2026-01-31T09:00:00Z or 2026-01-31T09:00:00+01:00.");

            return null;
        },
    };
}
