namespace Billing.Demo;

/// <summary>Where the API and the sandbox listen, and how the operator's commands are run.</summary>
/// <param name="Commands">The path of Billing.Api.dll; null: what only an operator can do is not shown.</param>
internal sealed record Addresses(Uri Api, Uri Sandbox, string? Commands, bool IsVerbose)
{
    public const string Usage = "Usage: Billing.Demo [--api http://127.0.0.1:5080] [--sandbox http://127.0.0.1:5081] "
        + "[--commands Billing.Api.dll] [--verbose]";

    /// <returns>Null when the arguments are not understood.</returns>
    public static Addresses? Read(IReadOnlyList<string> args)
    {
        var (api, sandbox) = ("http://127.0.0.1:5080", "http://127.0.0.1:5081");
        var (commands, isVerbose) = ((string?)null, false);

        for (var i = 0; i < args.Count; i++)
        {
            switch (args[i])
            {
                case "--api" when i + 1 < args.Count:
                    api = args[++i];
                    break;
                case "--sandbox" when i + 1 < args.Count:
                    sandbox = args[++i];
                    break;
                case "--commands" when i + 1 < args.Count:
                    commands = args[++i];
                    break;
                case "--verbose":
                    isVerbose = true;
                    break;
                default:
                    return null;
            }
        }

        return BaseOf(api) is { } apiBase && BaseOf(sandbox) is { } sandboxBase
            ? new Addresses(apiBase, sandboxBase, commands, isVerbose)
            : null;
    }

    private static Uri? BaseOf(string text) =>
        Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : null;
}
