using System.Net.Sockets;
using Billing.Sandbox;
using Microsoft.AspNetCore.Connections;

const string Usage = """
    Usage: ./billing sandbox [--urls URL]

    The simulator of the gateway, until it is stopped. Its settings are environment variables: see README.md.
    """;

if (args is ["--help"] or ["-h"] or ["-?"])
{
    Console.WriteLine(Usage);
    return 0;
}

string[] urls = args is ["--urls", var given] ? given.Split(';') : [];

if (args.Length > 0 && urls.Length == 0)
{
    await Console.Error.WriteLineAsync($"The simulator does not take '{string.Join(' ', args)}'.\n{Usage}");
    return 2;
}

if (urls.FirstOrDefault(url => !Uri.IsWellFormedUriString(url.Replace("//*", "//any").Replace("//+", "//any"), UriKind.Absolute)) is { } wrong)
{
    await Console.Error.WriteLineAsync($"--urls '{wrong}' is no address like http://127.0.0.1:5081.");
    return 2;
}

try
{
    await SandboxApp.Build(args).RunAsync();
    return 0;
}
catch (Exception e) when (
    e is SandboxSettingException or SocketException or IOException { InnerException: AddressInUseException })
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
