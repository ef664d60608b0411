using Billing.Sandbox;

try
{
    await SandboxApp.Build(args).RunAsync();
    return 0;
}
catch (SandboxSettingException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
