using System.Net.Sockets;
using Billing.Sandbox;
using Billing.Sandbox.Settings;
using Microsoft.AspNetCore.Connections;

const string Usage = """
    Usage: ./billing sandbox [--urls URL]

    The simulator of the gateway, until it is stopped. Its environment variables: see docs/configuration.md.
    """;

if (args is ["--help"] or ["-h"] or ["-?"])
{
    Console.WriteLine(Usage);
    return 0;
}

if (args is not ([] or ["--urls", _]) && !(args is [var one] && one.StartsWith("--urls=", StringComparison.Ordinal)))
{
    await Console.Error.WriteLineAsync($"The simulator does not take '{string.Join(' ', args)}'.\n{Usage}");
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
    return 2;
}
