using Billing.Sandbox;
using Microsoft.AspNetCore.Connections;

try
{
    await SandboxApp.Build(args).RunAsync();
    return 0;
}
catch (Exception e) when (e is SandboxSettingException or IOException { InnerException: AddressInUseException })
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
